-- Foreign keys, added after the rows: one join each instead of one check a row.
ALTER TABLE plaza.country ADD FOREIGN KEY (main_language) REFERENCES plaza.language;
ALTER TABLE plaza.place ADD FOREIGN KEY (country_code) REFERENCES plaza.country;
ALTER TABLE plaza.person
    ADD FOREIGN KEY (place_id) REFERENCES plaza.place, ADD FOREIGN KEY (language_code) REFERENCES plaza.language,
    ADD FOREIGN KEY (invited_by) REFERENCES plaza.person;
ALTER TABLE plaza.handle ADD FOREIGN KEY (person_id) REFERENCES plaza.person;
ALTER TABLE plaza.device
    ADD FOREIGN KEY (person_id) REFERENCES plaza.person, ADD FOREIGN KEY (kind_id) REFERENCES plaza.device_kind;
ALTER TABLE plaza.follow
    ADD FOREIGN KEY (follower_id) REFERENCES plaza.person, ADD FOREIGN KEY (followed_id) REFERENCES plaza.person;
ALTER TABLE plaza.topic ADD FOREIGN KEY (parent_id) REFERENCES plaza.topic;
ALTER TABLE plaza.club
    ADD FOREIGN KEY (topic_id) REFERENCES plaza.topic, ADD FOREIGN KEY (place_id) REFERENCES plaza.place,
    ADD FOREIGN KEY (language_code) REFERENCES plaza.language, ADD FOREIGN KEY (owner_id) REFERENCES plaza.person;
ALTER TABLE plaza.club_member
    ADD FOREIGN KEY (club_id) REFERENCES plaza.club, ADD FOREIGN KEY (person_id) REFERENCES plaza.person;
ALTER TABLE plaza.post
    ADD FOREIGN KEY (author_id) REFERENCES plaza.person, ADD FOREIGN KEY (club_id) REFERENCES plaza.club,
    ADD FOREIGN KEY (place_id) REFERENCES plaza.place, ADD FOREIGN KEY (language_code) REFERENCES plaza.language;
ALTER TABLE plaza.post_topic
    ADD FOREIGN KEY (post_id) REFERENCES plaza.post, ADD FOREIGN KEY (topic_id) REFERENCES plaza.topic;
ALTER TABLE plaza.media ADD FOREIGN KEY (post_id) REFERENCES plaza.post;
ALTER TABLE plaza.mention
    ADD FOREIGN KEY (post_id) REFERENCES plaza.post, ADD FOREIGN KEY (person_id) REFERENCES plaza.person;
ALTER TABLE plaza.reaction
    ADD FOREIGN KEY (post_id) REFERENCES plaza.post, ADD FOREIGN KEY (person_id) REFERENCES plaza.person,
    ADD FOREIGN KEY (kind_id) REFERENCES plaza.reaction_kind;
ALTER TABLE plaza.remark
    ADD FOREIGN KEY (post_id) REFERENCES plaza.post, ADD FOREIGN KEY (author_id) REFERENCES plaza.person,
    ADD FOREIGN KEY (answers_id) REFERENCES plaza.remark, ADD FOREIGN KEY (language_code) REFERENCES plaza.language;
ALTER TABLE plaza.team ADD FOREIGN KEY (country_code) REFERENCES plaza.country;
ALTER TABLE plaza.moderator
    ADD FOREIGN KEY (team_id) REFERENCES plaza.team, ADD FOREIGN KEY (language_code) REFERENCES plaza.language;
ALTER TABLE plaza.incident
    ADD FOREIGN KEY (post_id) REFERENCES plaza.post, ADD FOREIGN KEY (reporter_id) REFERENCES plaza.person,
    ADD FOREIGN KEY (rule_id) REFERENCES plaza.rule, ADD FOREIGN KEY (moderator_id) REFERENCES plaza.moderator;

-- Useful: people by handle, and the clubs of a person. The second one is a prefix of the third.
CREATE UNIQUE INDEX handle_handle_idx ON plaza.handle (handle);
CREATE INDEX club_member_person_id_idx ON plaza.club_member (person_id);
CREATE INDEX club_member_person_id_joined_at_idx ON plaza.club_member (person_id, joined_at);
-- Useless: two values, of which one is nearly everywhere.
CREATE INDEX follow_muted_idx ON plaza.follow (muted);
