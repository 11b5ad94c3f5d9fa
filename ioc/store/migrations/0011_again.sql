-- Which runs took in once more what of an earlier one lay in quarantine: nothing new has arrived by them. Until now the end of a run's name
-- said so.
ALTER TABLE run ADD COLUMN again BOOLEAN DEFAULT false;
UPDATE run SET again = true, name = regexp_replace(name, '( \(again\))+$', '') WHERE ends_with(name, ' (again)');
