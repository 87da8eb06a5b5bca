"""Packs the documents along: PyInstaller finds code by its imports, and data only where a hook names it."""

from PyInstaller.utils.hooks import collect_data_files

# Samples in Python are data, too.
datas = collect_data_files("torus_connect", excludes=["openapi/samples/*"]) + collect_data_files(
    "torus_connect", subdir="openapi/samples", include_py_files=True
)
