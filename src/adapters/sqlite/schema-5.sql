-- Who made a rule set active, and the activation that one returns to (`postroom rules rollback`).
ALTER TABLE activations ADD COLUMN who TEXT;
ALTER TABLE activations ADD COLUMN returns_to INTEGER REFERENCES activations;
