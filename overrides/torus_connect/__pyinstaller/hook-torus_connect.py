"""Packs the documents along: PyInstaller finds code by its imports, and data only where it is told to."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("torus_connect")
