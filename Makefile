# The targets of a working copy. All that they make lies in .venv/, .demo/ and build/.
#
#   make run                                    mirror a demo directory to an S3 endpoint on this machine
#   make run SOURCE=dir                         the same with a directory of yours, which is only read
#   make run SOURCE=dir BUCKET=s3://mine/new    mirror it to your bucket, with your credentials and your aws
#   make run ... SWITCHES='--verifyOnly'        give the tool these switches, too
#   make run-names                              mirror names that are trouble somewhere
#
#   make quick                                  the style, the types and the quick tests: after each change
#   make check                                  all that can be found without running the tools
#   make test                                   all tests
#   make test TESTS='-k manpages'               some of them; so with quick and coverage
#   make test-debian SUITES=bookworm USERS=user run them in fresh Debians, in those and as whom you name
#   make coverage                               which lines and branches the unit tests run
#   make profile FILES=100000                   where the time goes in a run with nothing to do
#   make bench BENCH='--files 10000 --rounds 5' time it beside what else there is
#
#   make man                                    read the manual pages
#   make completion                             the completions of shells, in build/completion
#   make dist                                   a wheel, a source archive and one that Python runs, in build/dist
#   make deb                                    the Debian packages, in build/deb
#   make usage                                  renew docs/usage.md, which has what --help prints
#   make messages                               renew tests/messages.txt, which has what is printed, logged and reported
#   make pictures                               draw the pictures of the documents anew, from real runs
#   make lock                                   renew constraints.txt, with the oldest supported Python
#   make clean                                  remove all that the others have made
#
# CONTRIBUTING.md has more on those for who changes something.

PYTHON = python3
TESTS =
SWITCHES =
BENCH =
FILES = 20000
SUITES =
USERS =
export SOURCE BUCKET SWITCHES SUITES USERS TESTS

INSTALL = .venv/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt
# What the extended action is tested in: the release of Debian 12, and one of today; each in a directory that only its tests
# see, with what it asks for itself, which is older than what is locked.
CEDAR_BACKUP = 3.7.4 3.12.0
MADE_FROM = .venv/made pyproject.toml constraints.txt
# The tests of modules by themselves; of these the quick ones, without aws and without what takes its time.
UNITS = --ignore=tests/endtoend --ignore=tests/packaging
QUICK = $(UNITS) -m 'not slow' --hypothesis-profile=quick

.PHONY: help run run-names quick check test test-debian coverage profile bench man pictures completion usage messages dist deb lock clean

help:
	@sed -n 's/^#   \{0,1\}//p; s/^#$$//p' Makefile

run: .venv/with-aws
	@.venv/bin/python util/demo.py

run-names: .venv/with-aws
	@.venv/bin/python util/demo.py names

quick: .venv/with-dev
	@.venv/bin/python -m ruff check --quiet
	@.venv/bin/python -m ruff format --check --quiet
	@.venv/bin/python -m mypy
	@.venv/bin/python -m pytest -q -n auto --dist loadgroup $(QUICK) $(TESTS)

test: .venv/with-dev
	@sh util/runtests.sh $(TESTS)

test-debian:
	@$(PYTHON) util/testdebian.py build/debian

check: .venv/with-dev
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/python -m pytest -q tests/test_layers.py
	@sh util/lintman.sh manpages/*.1

coverage: .venv/with-dev
	@mkdir -p build/coverage
	@.venv/bin/python -m coverage erase
	@# A test may fail for what coverage itself does in a child at its limits.
	-@.venv/bin/python -m coverage run -m pytest -q -n auto --dist loadgroup $(or $(TESTS),$(UNITS))
	@.venv/bin/python -m coverage combine -q
	@.venv/bin/python -m coverage html -q -d build/coverage/html
	@.venv/bin/python -m coverage report
	@echo 'Line by line in build/coverage/html/index.html'

profile: .venv/with-aws
	@.venv/bin/python -m util.profilerun $(FILES)

bench: .venv/with-bench
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

lock: .venv/made
	@.venv/bin/python util/lock.py

usage:
	@$(PYTHON) util/usage.py

messages:
	@$(PYTHON) util/messages.py

clean:
	rm -rf .venv .demo build dist *.egg-info .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@sh util/checkpython.sh $(PYTHON)
	@echo 'Making .venv with $(PYTHON)'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/with-aws: $(MADE_FROM)
	@echo 'Installing the AWS CLI into .venv (half a minute, once)'
	@$(INSTALL) -e '.[aws]'
	@.venv/bin/python util/startableaws.py
	@touch $@

.venv/with-bench: .venv/with-aws
	@echo 'Installing what the benchmarks need into .venv (once)'
	@$(INSTALL) -e '.[bench]'
	@.venv/bin/python util/startableaws.py
	@touch $@

.venv/with-dist: $(MADE_FROM)
	@echo 'Installing setuptools into .venv (once)'
	@$(INSTALL) -e '.[dist]'
	@touch $@

.venv/with-dev: $(MADE_FROM)
	@echo 'Installing what the tests need into .venv (two minutes, once)'
	@$(INSTALL) -e '.[dev]'
	@.venv/bin/python util/startableaws.py
	@rm -rf .venv/cedar-backup3
	@for release in $(CEDAR_BACKUP); do \
	    .venv/bin/python -m pip install -qq --disable-pip-version-check \
	        --target .venv/cedar-backup3/$$release cedar-backup3==$$release || \
	        echo "Going on without Cedar Backup $$release; its tests are skipped"; \
	done
	@touch $@
