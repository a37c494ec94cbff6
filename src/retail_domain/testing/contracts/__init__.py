"""Examinations that adapters pass: the promises of the ports as tests that anybody can run against their own adapter."""
