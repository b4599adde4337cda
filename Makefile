# The targets of a working copy. All that they make lies in .venv/, .demo/ and build/; `make clean` removes it.
#
#   make run                                    mirror a demo directory to an S3 endpoint on this machine
#   make run SOURCE=dir                         the same with a directory of yours, which is only read
#   make run SOURCE=dir BUCKET=s3://mine/new    mirror it to your bucket, with your credentials and your aws
#   make run ... SWITCHES='--verifyOnly'        give the tool these switches, too
#   make run-names                              mirror names that are trouble somewhere
#   make test TESTS='-k manpages'               run some of the tests
#   make test-debian SUITES=bookworm USERS=user run them in fresh Debians, in those and as whom you name
#   make bench BENCH='--files 10000 --rounds 5' time it beside what else there is

PYTHON = python3
TESTS =
SWITCHES =
BENCH =
SUITES =
USERS =
export SOURCE BUCKET SWITCHES SUITES USERS TESTS

INSTALL = .venv/bin/python -m pip install -qq --disable-pip-version-check

.PHONY: help run run-names test test-debian check bench dist deb man pictures completion usage clean

help:
	@sed -n 's/^#   //p' Makefile
	@echo 'make check, make bench, make dist, make deb, make man, make pictures, make completion, make usage,'
	@echo 'make clean'

run: .venv/with-aws
	@.venv/bin/python util/demo.py

run-names: .venv/with-aws
	@.venv/bin/python util/demo.py names

test: .venv/with-dev
	.venv/bin/python -m pytest -n auto --dist loadgroup $(TESTS)

test-debian:
	@$(PYTHON) util/testdebian.py build/debian

check: .venv/with-dev
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/python -m pytest -q tests/test_layers.py
	@sh util/lintman.sh manpages/*.1

bench: .venv/with-dev
	.venv/bin/python -m util.charsetbench
	.venv/bin/python -m util.contentbench
	.venv/bin/python -m util.uploadbench
	.venv/bin/python -m util.benchmark $(BENCH)
	.venv/bin/python -m util.restorebench

deb:
	@sh util/builddeb.sh build/deb

dist: .venv/with-dist
	@.venv/bin/python util/builddist.py build/dist

man:
	@man -l manpages/*.1

pictures: .venv/with-aws
	@mkdir -p docs/pictures
	@.venv/bin/python util/pictures.py docs/pictures

completion:
	@mkdir -p build/completion
	@$(PYTHON) util/completion.py build/completion

usage:
	@$(PYTHON) util/usage.py

clean:
	rm -rf .venv .demo build dist *.egg-info .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@sh util/checkpython.sh $(PYTHON)
	@echo 'Making .venv with $(PYTHON)'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/with-aws: .venv/made pyproject.toml
	@echo 'Installing the AWS CLI into .venv (half a minute, once)'
	@$(INSTALL) -e '.[aws]'
	@.venv/bin/python util/startableaws.py
	@touch $@

.venv/with-dist: .venv/made pyproject.toml
	@echo 'Installing setuptools into .venv (once)'
	@$(INSTALL) -e '.[dist]'
	@touch $@

.venv/with-dev: .venv/made pyproject.toml
	@echo 'Installing what the tests need into .venv (two minutes, once)'
	@$(INSTALL) -e '.[dev]'
	@.venv/bin/python util/startableaws.py
	@touch $@
