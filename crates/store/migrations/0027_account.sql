-- People change their own password: by a link nobody is sent, which shows how far it is.
ALTER TABLE activation DROP CONSTRAINT activation_purpose_check,
    ADD CONSTRAINT activation_purpose_check CHECK (purpose IN ('activation', 'reset', 'forgotten', 'change'));
