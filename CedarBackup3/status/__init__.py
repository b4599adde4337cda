"""How the backups of this machine are, told by their settings and reports; knows the form of a report and no S3.

`settings` has the backups that there are (`environmentfile` reads as systemd does), `reports` what their runs left,
`units` what systemd knows of them. `judgement` judges whether each is well, by `contents` too; `columns`, `table`,
`listing` and `page` show it.
"""
