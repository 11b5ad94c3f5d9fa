CREATE TABLE audit(started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP NOT NULL, "version" INTEGER NOT NULL, compared BIGINT NOT NULL, differing BIGINT NOT NULL, named JSON NOT NULL);
CREATE TABLE cell_dossier("day" DATE, m_249052234667 DECIMAL(38,9), m_75a4539525cb BIGINT, m_893f506fe1d9 BIGINT, m_92dcb081a50e BIGINT, m_b12725166647 BIGINT, m_d354e5c184d6 BIGINT, m_de2bbcf3d29f BIGINT, m_ed12f828ed00 BIGINT, m_fe29e29e4a75 DECIMAL(38,9));
INSERT INTO "cell_dossier" VALUES
('2026-10-05', '0.000000000', '0', '1', '0', '0', '0', '0', '0', '10.500000000'),
('2026-11-02', '0.000000000', '0', '2', '0', '0', '2', '0', '0', '14.500000000'),
('2026-11-02', '0.000000000', '0', '1', '0', '0', '0', '0', '0', '10.500000000'),
('2026-11-20', '18.000000000', '1', '0', '1', '0', '0', '1', '1', '0.000000000'),
('2026-10-05', NULL, NULL, NULL, NULL, '1', NULL, NULL, NULL, NULL),
('2026-11-02', NULL, NULL, NULL, NULL, '2', NULL, NULL, NULL, NULL),
('2026-10-05', '0.000000000', '0', '-1', '0', '-1', '0', '0', '0', '-10.500000000'),
('2026-11-02', '0.000000000', '0', '-1', '0', '-1', '-1', '0', '0', '-4.000000000'),
('2026-11-06', '0.000000000', '0', '1', '0', '1', '0', '0', '0', '10.500000000');
CREATE TABLE cell_dossier__unit("day" DATE, unit VARCHAR, m_249052234667 DECIMAL(38,9), m_75a4539525cb BIGINT, m_893f506fe1d9 BIGINT, m_92dcb081a50e BIGINT, m_b12725166647 BIGINT, m_d354e5c184d6 BIGINT, m_de2bbcf3d29f BIGINT, m_ed12f828ed00 BIGINT, m_fe29e29e4a75 DECIMAL(38,9));
INSERT INTO "cell_dossier__unit" VALUES
('2026-10-05', 'b', '0.000000000', '0', '1', '0', '0', '0', '0', '0', '10.500000000'),
('2026-11-02', 'a', '0.000000000', '0', '2', '0', '0', '2', '0', '0', '14.500000000'),
('2026-11-02', 'a', '0.000000000', '0', '0', '0', '0', '-1', '0', '0', '0.000000000'),
('2026-11-02', 'b', '0.000000000', '0', '1', '0', '0', '1', '0', '0', '10.500000000'),
('2026-11-20', 'b', '18.000000000', '1', '0', '1', '0', '0', '1', '1', '0.000000000'),
('2026-10-05', 'b', NULL, NULL, NULL, NULL, '1', NULL, NULL, NULL, NULL),
('2026-11-02', 'a', NULL, NULL, NULL, NULL, '2', NULL, NULL, NULL, NULL),
('2026-10-05', 'b', '0.000000000', '0', '-1', '0', '-1', '0', '0', '0', '-10.500000000'),
('2026-11-02', 'a', '0.000000000', '0', '-1', '0', '-1', '-1', '0', '0', '-4.000000000'),
('2026-11-06', 'a', '0.000000000', '0', '1', '0', '1', '0', '0', '0', '10.500000000');
CREATE TABLE cell_dossier__unit__channel("day" DATE, unit VARCHAR, channel VARCHAR, m_249052234667 DECIMAL(38,9), m_75a4539525cb BIGINT, m_893f506fe1d9 BIGINT, m_92dcb081a50e BIGINT, m_b12725166647 BIGINT, m_d354e5c184d6 BIGINT, m_de2bbcf3d29f BIGINT, m_ed12f828ed00 BIGINT, m_fe29e29e4a75 DECIMAL(38,9));
INSERT INTO "cell_dossier__unit__channel" VALUES
('2026-11-02', 'a', 'online', '0.000000000', '0', '2', '0', '0', '2', '0', '0', '14.500000000'),
('2026-10-05', 'b', 'online', '0.000000000', '0', '1', '0', '0', '0', '0', '0', '10.500000000'),
('2026-11-20', 'b', 'online', '18.000000000', '1', '0', '1', '0', '0', '1', '1', '0.000000000'),
('2026-11-02', 'b', 'online', '0.000000000', '0', '1', '0', '0', '1', '0', '0', '10.500000000'),
('2026-11-02', 'a', 'online', '0.000000000', '0', '0', '0', '0', '-1', '0', '0', '0.000000000'),
('2026-10-05', 'b', 'online', NULL, NULL, NULL, NULL, '1', NULL, NULL, NULL, NULL),
('2026-11-02', 'a', 'online', NULL, NULL, NULL, NULL, '2', NULL, NULL, NULL, NULL),
('2026-11-06', 'a', 'online', '0.000000000', '0', '1', '0', '1', '0', '0', '0', '10.500000000'),
('2026-10-05', 'b', 'online', '0.000000000', '0', '-1', '0', '-1', '0', '0', '0', '-10.500000000'),
('2026-11-02', 'a', 'online', '0.000000000', '0', '-1', '0', '-1', '-1', '0', '0', '-4.000000000');
CREATE TABLE cell_staff("day" DATE, m_0b838969643a BIGINT, m_22f4e15f60a8 BIGINT, m_32f3a9050e38 BIGINT, m_64a126f32bd9 BIGINT, m_73159d1062bf BIGINT, m_7569dfd76eb2 BIGINT, m_dc9d1e99fada BIGINT);
INSERT INTO "cell_staff" VALUES
('2026-01-01', '0', '0', '1', '0', '1', '1', '0');
CREATE TABLE cell_staff__unit("day" DATE, unit VARCHAR, m_0b838969643a BIGINT, m_22f4e15f60a8 BIGINT, m_32f3a9050e38 BIGINT, m_64a126f32bd9 BIGINT, m_73159d1062bf BIGINT, m_7569dfd76eb2 BIGINT, m_dc9d1e99fada BIGINT);
INSERT INTO "cell_staff__unit" VALUES
('2026-01-01', 'a', '0', '0', '1', '0', '1', '1', '0');
CREATE TABLE cell_table("name" VARCHAR PRIMARY KEY, record VARCHAR NOT NULL, declaration VARCHAR NOT NULL, "day" DATE NOT NULL);
INSERT INTO "cell_table" VALUES
('cell_dossier__unit__channel', 'dossier', 'by unit, channel
m_249052234667 = days_between(received_at, completed_at) if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_75a4539525cb = 1 if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_893f506fe1d9 = 1 if TRUE on received_at in Asia/Ho_Chi_Minh
m_92dcb081a50e = 1 if (completed_at IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_b12725166647 = 1 if (completed_at IS NULL AND date_of(due_at) < today) on received_at in Asia/Ho_Chi_Minh
m_d354e5c184d6 = 1 if (online) on received_at in Asia/Ho_Chi_Minh
m_de2bbcf3d29f = 1 if (completed_at IS NOT NULL) AND (completed_at <= due_at) on completed_at in Asia/Ho_Chi_Minh
m_ed12f828ed00 = 1 if TRUE on completed_at in Asia/Ho_Chi_Minh
m_fe29e29e4a75 = fee if ((fee) IS NOT NULL) on received_at in Asia/Ho_Chi_Minh', '2026-11-25'),
('cell_dossier__unit', 'dossier', 'by unit
m_249052234667 = days_between(received_at, completed_at) if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_75a4539525cb = 1 if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_893f506fe1d9 = 1 if TRUE on received_at in Asia/Ho_Chi_Minh
m_92dcb081a50e = 1 if (completed_at IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_b12725166647 = 1 if (completed_at IS NULL AND date_of(due_at) < today) on received_at in Asia/Ho_Chi_Minh
m_d354e5c184d6 = 1 if (online) on received_at in Asia/Ho_Chi_Minh
m_de2bbcf3d29f = 1 if (completed_at IS NOT NULL) AND (completed_at <= due_at) on completed_at in Asia/Ho_Chi_Minh
m_ed12f828ed00 = 1 if TRUE on completed_at in Asia/Ho_Chi_Minh
m_fe29e29e4a75 = fee if ((fee) IS NOT NULL) on received_at in Asia/Ho_Chi_Minh', '2026-11-25'),
('cell_dossier', 'dossier', 'by 
m_249052234667 = days_between(received_at, completed_at) if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_75a4539525cb = 1 if ((days_between(received_at, completed_at)) IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_893f506fe1d9 = 1 if TRUE on received_at in Asia/Ho_Chi_Minh
m_92dcb081a50e = 1 if (completed_at IS NOT NULL) on completed_at in Asia/Ho_Chi_Minh
m_b12725166647 = 1 if (completed_at IS NULL AND date_of(due_at) < today) on received_at in Asia/Ho_Chi_Minh
m_d354e5c184d6 = 1 if (online) on received_at in Asia/Ho_Chi_Minh
m_de2bbcf3d29f = 1 if (completed_at IS NOT NULL) AND (completed_at <= due_at) on completed_at in Asia/Ho_Chi_Minh
m_ed12f828ed00 = 1 if TRUE on completed_at in Asia/Ho_Chi_Minh
m_fe29e29e4a75 = fee if ((fee) IS NOT NULL) on received_at in Asia/Ho_Chi_Minh', '2026-11-25'),
('cell_staff__unit', 'staff', 'by unit
m_0b838969643a = 1 if ((trained_on IS NOT NULL) AND (trained_on IS NOT NULL)) AND (GREATEST(joined_on, trained_on) < left_on) on left_on in Asia/Ho_Chi_Minh
m_22f4e15f60a8 = 1 if (joined_on < left_on) on left_on in Asia/Ho_Chi_Minh
m_32f3a9050e38 = 1 if (left_on IS NULL OR joined_on < left_on) on joined_on in Asia/Ho_Chi_Minh
m_64a126f32bd9 = 1 if TRUE on left_on in Asia/Ho_Chi_Minh
m_73159d1062bf = 1 if TRUE on GREATEST(joined_on, trained_on) in Asia/Ho_Chi_Minh
m_7569dfd76eb2 = 1 if TRUE on joined_on in Asia/Ho_Chi_Minh
m_dc9d1e99fada = 1 if ((trained_on IS NOT NULL) AND (trained_on IS NOT NULL)) AND (left_on IS NULL OR GREATEST(joined_on, trained_on) < left_on) on GREATEST(joined_on, trained_on) in Asia/Ho_Chi_Minh', '2026-11-25'),
('cell_staff', 'staff', 'by 
m_0b838969643a = 1 if ((trained_on IS NOT NULL) AND (trained_on IS NOT NULL)) AND (GREATEST(joined_on, trained_on) < left_on) on left_on in Asia/Ho_Chi_Minh
m_22f4e15f60a8 = 1 if (joined_on < left_on) on left_on in Asia/Ho_Chi_Minh
m_32f3a9050e38 = 1 if (left_on IS NULL OR joined_on < left_on) on joined_on in Asia/Ho_Chi_Minh
m_64a126f32bd9 = 1 if TRUE on left_on in Asia/Ho_Chi_Minh
m_73159d1062bf = 1 if TRUE on GREATEST(joined_on, trained_on) in Asia/Ho_Chi_Minh
m_7569dfd76eb2 = 1 if TRUE on joined_on in Asia/Ho_Chi_Minh
m_dc9d1e99fada = 1 if ((trained_on IS NOT NULL) AND (trained_on IS NOT NULL)) AND (left_on IS NULL OR GREATEST(joined_on, trained_on) < left_on) on GREATEST(joined_on, trained_on) in Asia/Ho_Chi_Minh', '2026-11-25');
CREATE TABLE commit_log("version" INTEGER NOT NULL, committed_at TIMESTAMP NOT NULL, record VARCHAR, run BIGINT, added BIGINT NOT NULL);
INSERT INTO "commit_log" VALUES
('1', '2026-11-23 05:00:00', NULL, NULL, '0'),
('2', '2026-11-23 05:00:00', 'dossier', '1', '3'),
('3', '2026-11-23 05:00:00', 'staff', '2', '1'),
('4', '2026-11-23 06:00:00', 'dossier', '3', '2'),
('5', '2026-11-25 06:00:00', NULL, NULL, '0'),
('6', '2026-11-25 06:00:00', 'dossier', '4', '2');
CREATE TABLE declaration("version" INTEGER NOT NULL, catalogue JSON NOT NULL);
INSERT INTO "declaration" VALUES
('1', '{"organisation":{"name":{"vi":"Văn phòng","en":"Office"},"time_zone":"Asia/Ho_Chi_Minh","root":"office"},"codes":{"channels":{"online":{"vi":"Trực tuyến","en":"Online"},"counter":{"vi":"Trực tiếp","en":"Counter"}}},"records":{"dossier":{"label":{"vi":"Hồ sơ","en":"Dossier"},"key":"id","version":"updated_at","event":"received_at","fields":{"id":{"type":"text","label":{"vi":"Mã","en":"Code"},"required":true},"unit":{"type":"code","label":{"vi":"Đơn vị","en":"Unit"},"required":true,"codes":"units"},"channel":{"type":"code","label":{"vi":"Kênh","en":"Channel"},"codes":"channels"},"received_at":{"type":"timestamp","label":{"vi":"Tiếp nhận","en":"Received"},"required":true,"past":true},"due_at":{"type":"timestamp","label":{"vi":"Hẹn trả","en":"Due"}},"completed_at":{"type":"timestamp","label":{"vi":"Hoàn thành","en":"Completed"}},"online":{"type":"boolean","label":{"vi":"Toàn trình","en":"Fully online"}},"score":{"type":"integer","label":{"vi":"Điểm","en":"Score"},"min":"1","max":"5"},"fee":{"type":"number","label":{"vi":"Lệ phí","en":"Fee"},"min":"0"},"updated_at":{"type":"timestamp","label":{"vi":"Cập nhật","en":"Updated"},"required":true}},"rules":{"due_after_received":{"check":"due_at >= received_at","text":{"vi":"Hẹn trả trước tiếp nhận","en":"Due before received"}}},"dimensions":["unit","channel"],"cubes":[["unit"],["unit","channel"]]},"staff":{"label":{"vi":"Cán bộ","en":"Staff"},"key":"id","event":"joined_on","fields":{"id":{"type":"text","label":{"vi":"Mã","en":"Code"},"required":true},"unit":{"type":"code","label":{"vi":"Đơn vị","en":"Unit"},"required":true,"codes":"units"},"joined_on":{"type":"date","label":{"vi":"Vào","en":"Joined"},"required":true},"left_on":{"type":"date","label":{"vi":"Ra","en":"Left"}},"trained_on":{"type":"date","label":{"vi":"Bồi dưỡng","en":"Trained"}}},"dimensions":["unit"],"cubes":[["unit"]]}},"groups":{"work":{"vi":"Công việc","en":"Work"}},"indicators":{"online_rate":{"label":{"vi":"Toàn trình","en":"Fully online"},"definition":{"vi":"Toàn trình","en":"Fully online"},"formula":{"vi":"a / b","en":"a / b"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","record":"dossier","succeeds":"online","at":"received_at"},"on_time":{"label":{"vi":"Đúng hạn","en":"On time"},"definition":{"vi":"Đúng hạn","en":"On time"},"formula":{"vi":"a / b","en":"a / b"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","record":"dossier","counts":"completed_at IS NOT NULL","succeeds":"completed_at <= due_at","at":"completed_at"},"overdue":{"label":{"vi":"Quá hạn","en":"Overdue"},"definition":{"vi":"Quá hạn","en":"Overdue"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"number","direction":"down","measure":"count","record":"dossier","counts":"completed_at IS NULL AND date_of(due_at) < today","at":"received_at"},"judged":{"label":{"vi":"Đúng hạn cuối kỳ","en":"On time at the period''s end"},"definition":{"vi":"Đúng hạn","en":"On time"},"formula":{"vi":"a / b","en":"a / b"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","record":"dossier","succeeds":"LEAST(COALESCE(date_of(completed_at), period_end), period_end) <= date_of(due_at)","at":"received_at","target":false},"fees":{"label":{"vi":"Lệ phí","en":"Fees"},"definition":{"vi":"Lệ phí","en":"Fees"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"number","measure":"sum","record":"dossier","value":"fee","at":"received_at"},"mean_days":{"label":{"vi":"Số ngày","en":"Days"},"definition":{"vi":"Số ngày","en":"Days"},"formula":{"vi":"a / b","en":"a / b"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"days","direction":"down","measure":"mean","record":"dossier","value":"days_between(received_at, completed_at)","at":"completed_at"},"median_days":{"label":{"vi":"Trung vị","en":"Median"},"definition":{"vi":"Trung vị","en":"Median"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"days","measure":"median","record":"dossier","value":"days_between(received_at, completed_at)","at":"completed_at","target":false},"trained":{"label":{"vi":"Đã bồi dưỡng","en":"Trained"},"definition":{"vi":"Đã bồi dưỡng","en":"Trained"},"formula":{"vi":"a / b","en":"a / b"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","record":"staff","succeeds":"trained_on IS NOT NULL","at":"joined_on","stock":{"leaves":"left_on","succeeds_at":"trained_on"}},"strength":{"label":{"vi":"Biên chế","en":"Strength"},"definition":{"vi":"Biên chế","en":"Strength"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"number","measure":"count","record":"staff","at":"joined_on","stock":{"leaves":"left_on"}},"growth":{"label":{"vi":"Tăng biên chế","en":"Growth"},"definition":{"vi":"Tăng","en":"Growth"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","measure":"change","of":"strength","baseline":{"on":"2025-12-31","source":{"vi":"Quyết định","en":"Decision"}}},"score":{"label":{"vi":"Điểm chung","en":"Score"},"definition":{"vi":"Điểm","en":"Score"},"formula":{"vi":"a","en":"a"},"source":{"vi":"Quyết định","en":"Decision"},"owner":"office","group":"work","unit":"points","measure":"composite","parts":[{"indicator":"online_rate","points":"6","full_at":"80"},{"indicator":"on_time","points":"4"}],"target":false}},"goals":{"online_2025":{"indicator":"online_rate","comparator":">=","value":"80","horizon":"2025-12-31","source":{"vi":"QĐ","en":"Decision"}},"online_2027":{"indicator":"online_rate","comparator":"=","value":"100","horizon":"2027-12-31","since":"2025-12-31","source":{"vi":"QĐ","en":"Decision"}}},"units":{"office":{"label":{"vi":"Văn phòng","en":"Office"},"kind":"office","valid_from":"2020-01-01"},"a":{"label":{"vi":"Phòng A","en":"Room A"},"kind":"room","parent":"office","valid_from":"2020-01-01"},"b":{"label":{"vi":"Phòng B","en":"Room B"},"kind":"room","parent":"office","valid_from":"2020-01-01"}}}');
CREATE TABLE entry(entry BIGINT PRIMARY KEY, feed VARCHAR NOT NULL, fields VARCHAR NOT NULL, entered_by VARCHAR NOT NULL, entered_at TIMESTAMP NOT NULL, decision VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP, note VARCHAR);
CREATE TABLE feed(feed VARCHAR PRIMARY KEY, record VARCHAR NOT NULL, simulated BOOLEAN DEFAULT(false) NOT NULL, "position" VARCHAR, paused BOOLEAN DEFAULT(false) NOT NULL, tried_at TIMESTAMP, succeeded_at TIMESTAMP, failures INTEGER DEFAULT(0) NOT NULL, message VARCHAR, last_event TIMESTAMP, last_arrival TIMESTAMP, shapes VARCHAR, backfill VARCHAR, introduced_at TIMESTAMP, wanted_at TIMESTAMP);
INSERT INTO "feed" VALUES
('feed', 'dossier', 'false', NULL, 'false', NULL, NULL, '0', NULL, '2026-11-06 02:00:00', '2026-11-25 06:00:00', NULL, NULL, '2026-11-23 05:00:00', NULL);
CREATE TABLE feed_note(feed VARCHAR, "name" VARCHAR, note VARCHAR NOT NULL, PRIMARY KEY(feed, "name"));
CREATE TABLE finding(feed VARCHAR NOT NULL, kind VARCHAR NOT NULL, source_column VARCHAR NOT NULL, usual VARCHAR NOT NULL, found VARCHAR NOT NULL, held BOOLEAN NOT NULL, run BIGINT NOT NULL, last_run BIGINT NOT NULL, first_at TIMESTAMP NOT NULL, last_at TIMESTAMP NOT NULL, ended_at TIMESTAMP);
CREATE TABLE idempotency(feed VARCHAR, "key" VARCHAR, digest VARCHAR NOT NULL, answer VARCHAR NOT NULL, noted_at TIMESTAMP NOT NULL, PRIMARY KEY(feed, "key"));
CREATE TABLE quarantine(run BIGINT NOT NULL, feed VARCHAR NOT NULL, record VARCHAR NOT NULL, source_row BIGINT, field VARCHAR, found VARCHAR, reason VARCHAR NOT NULL, detail VARCHAR, payload JSON, noted_at TIMESTAMP NOT NULL);
CREATE TABLE rec_dossier(_key_hash UBIGINT, _version BIGINT, _since INTEGER, _until INTEGER, _gone BOOLEAN, _run BIGINT, _row BIGINT, id VARCHAR, unit VARCHAR, channel VARCHAR, received_at TIMESTAMP, due_at TIMESTAMP, completed_at TIMESTAMP, online BOOLEAN, score BIGINT, fee DECIMAL(28,6), updated_at TIMESTAMP);
INSERT INTO "rec_dossier" VALUES
('9649651756170474746', '1793581200000000', '2', '4', 'false', '1', '2', 'x', 'a', 'online', '2026-11-02 01:00:00', '2026-11-24 03:00:00', NULL, 'true', NULL, '10.500000', '2026-11-02 01:00:00'),
('9959590797339957272', '1793581200000000', '2', '6', 'false', '1', '3', 'y', 'b', 'online', '2026-10-05 02:00:00', '2026-11-24 03:00:00', NULL, 'false', NULL, '10.500000', '2026-11-02 01:00:00'),
('228782156183715650', '1793581200000000', '2', '6', 'false', '1', '4', 'z', 'a', 'online', '2026-11-02 01:00:00', '2026-11-24 03:00:00', NULL, 'true', NULL, '4.000000', '2026-11-02 01:00:00'),
('9649651756170474746', '1795136400000000', '4', '2147483647', 'false', '3', '2', 'x', 'b', 'online', '2026-11-02 01:00:00', '2026-11-24 03:00:00', '2026-11-20 01:00:00', 'true', NULL, '10.500000', '2026-11-20 01:00:00'),
('3901439111283744356', '1793581200000000', '4', '2147483647', 'false', '3', '3', 'w', 'a', 'online', '2026-11-02 01:00:00', '2026-11-24 03:00:00', NULL, 'false', NULL, '10.500000', '2026-11-02 01:00:00'),
('228782156183715650', '1795568400000000', '6', '2147483647', 'true', '4', '2', 'z', 'a', 'online', '2026-11-02 01:00:00', '2026-11-24 03:00:00', NULL, 'true', NULL, '10.500000', '2026-11-25 01:00:00'),
('9959590797339957272', '1795568400000000', '6', '2147483647', 'false', '4', '3', 'y', 'a', 'online', '2026-11-06 02:00:00', '2026-11-24 03:00:00', NULL, 'false', NULL, '10.500000', '2026-11-25 01:00:00');
CREATE TABLE rec_staff(_key_hash UBIGINT, _version BIGINT, _since INTEGER, _until INTEGER, _gone BOOLEAN, _run BIGINT, _row BIGINT, id VARCHAR, unit VARCHAR, joined_on DATE, left_on DATE, trained_on DATE);
INSERT INTO "rec_staff" VALUES
('4940345011900979545', '0', '3', '2147483647', 'false', '2', '2', 'p', 'a', '2026-01-01', NULL, NULL);
CREATE TABLE run(run BIGINT NOT NULL, feed VARCHAR NOT NULL, record VARCHAR NOT NULL, "name" VARCHAR NOT NULL, fingerprint VARCHAR, simulated BOOLEAN NOT NULL, started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP, state VARCHAR NOT NULL, message VARCHAR, accepted BIGINT DEFAULT(0) NOT NULL, duplicates BIGINT DEFAULT(0) NOT NULL, rejected BIGINT DEFAULT(0) NOT NULL, "secret" BIGINT DEFAULT(0) NOT NULL, skipped BIGINT DEFAULT(0) NOT NULL);
INSERT INTO "run" VALUES
('1', 'feed', 'dossier', 'delivery', NULL, 'false', '2026-11-23 05:00:00', '2026-11-23 05:00:00', 'done', NULL, '3', '0', '0', '0', '0'),
('2', 'feed', 'staff', 'delivery', NULL, 'false', '2026-11-23 05:00:00', '2026-11-23 05:00:00', 'done', NULL, '1', '0', '0', '0', '0'),
('3', 'feed', 'dossier', 'delivery', NULL, 'false', '2026-11-23 06:00:00', '2026-11-23 06:00:00', 'done', NULL, '2', '0', '0', '0', '0'),
('4', 'feed', 'dossier', 'delivery', NULL, 'false', '2026-11-25 06:00:00', '2026-11-25 06:00:00', 'done', NULL, '2', '0', '0', '0', '0');
CREATE TABLE schema_version("version" INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES
('1'),
('2'),
('3'),
('4'),
('5'),
('6'),
('7'),
('8'),
('9'),
('10');
CREATE TABLE secret_count(feed VARCHAR, "day" DATE, refused BIGINT NOT NULL, PRIMARY KEY(feed, "day"));
CREATE TABLE setting("key" VARCHAR PRIMARY KEY, "value" VARCHAR NOT NULL);
INSERT INTO "setting" VALUES
('key_hash', '3489965714236911824'),
('order:dossier', 'key “id”, version “updated_at”'),
('order:staff', 'key “id”, version “”');
