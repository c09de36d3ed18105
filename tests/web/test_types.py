"""The scripts of `web/` are what their JSDoc types say."""

from tests.web.node import install_packages, run_node


def test_scripts_keep_their_types():
    install_packages()
    run_node("node_modules/typescript/bin/tsc", "--project", ".")
