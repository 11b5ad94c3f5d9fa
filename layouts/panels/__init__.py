"""One panel a module, named like the view that it draws."""
