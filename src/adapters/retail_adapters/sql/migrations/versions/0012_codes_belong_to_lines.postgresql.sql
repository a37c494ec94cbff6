DROP INDEX retail.uq_challenges_open;

ALTER INDEX retail.new_challenges_open RENAME TO uq_challenges_open;
