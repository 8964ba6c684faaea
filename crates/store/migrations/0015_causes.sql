-- Why a directory or one of its controllers is away, as a code with arguments; the text beside it
-- stays the target's own words. What the version before writes has none and is plainly away.
ALTER TABLE target_health ADD COLUMN problem jsonb;
ALTER TABLE controller_health ADD COLUMN problem jsonb;
-- By how much the controller's clock is ahead of the worker's that asked it.
ALTER TABLE controller_health ADD COLUMN clock_skew_millis bigint;
