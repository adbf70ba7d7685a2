"""What the law wants of petitions, beside the test that shows it: docs/law.md is generated from here."""
