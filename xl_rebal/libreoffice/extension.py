"""The extension for LibreOffice: one file that LibreOffice's own extension manager installs, upgrades and removes.

It holds one Basic function for each XR_ function, the component that they call, and where the project's Python is. As
an extension it belongs to the user, needs no administrator and no macro setting, outlives upgrades of LibreOffice,
and touches none of the user's own macros.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from udfs.known import udf_functions
from xl_rebal import __version__
from xl_rebal.libreoffice.basic import forwarders

IDENTIFIER = "xl_rebal.libreoffice"
FILE_NAME = "xl_rebal.oxt"
INSIDE = Path(__file__).with_name("inside")
OLDEST_LIBREOFFICE = "7.0"
_DATE = (1980, 1, 1, 0, 0, 0)  # the file must not depend on the clock


def extension(python: str, log: str) -> bytes:
    """The .oxt whose functions are answered by the interpreter `python`; what goes wrong inside is added to `log`."""
    content = _parts()
    settings = {"python": python, "log": log, "version": __version__, "digest": digest()}
    content["settings.json"] = json.dumps(settings, indent=1).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), text)
    return file.getvalue()


def digest() -> str:
    """What tells this extension from an older one: a hash of its parts, wherever it is installed."""
    return hashlib.sha256(b"\0".join(_parts().values())).hexdigest()[:16]


def _parts() -> dict[str, bytes]:
    texts: Mapping[str, str] = {
        "META-INF/manifest.xml": _MANIFEST,
        "description.xml": _DESCRIPTION.format(
            identifier=IDENTIFIER, version=__version__, oldest=OLDEST_LIBREOFFICE
        ),
        "functions.bas": forwarders(udf_functions(), 'createUnoService("xl_rebal.Bridge")'),
        "Jobs.xcu": _JOBS,
        "Addons.xcu": _ADDONS,
        "component.py": (INSIDE / "component.py").read_text(encoding="utf-8"),
        "pythonpath/xl_rebal_spilling.py": (INSIDE / "spilling.py").read_text(encoding="utf-8"),
    }
    return {name: text.encode() for name, text in texts.items()}


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

_MANIFEST = (
    _HEAD
    + """<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="component.py" manifest:media-type="application/vnd.sun.star.uno-component;type=Python"/>
 <manifest:file-entry manifest:full-path="Jobs.xcu" manifest:media-type="application/vnd.sun.star.configuration-data"/>
 <manifest:file-entry manifest:full-path="Addons.xcu" manifest:media-type="application/vnd.sun.star.configuration-data"/>
</manifest:manifest>
"""
)

_DESCRIPTION = (
    _HEAD
    + """<description xmlns="http://openoffice.org/extensions/description/2006" xmlns:d="http://openoffice.org/extensions/description/2006" xmlns:l="http://libreoffice.org/extensions/description/2011">
 <identifier value="{identifier}"/>
 <version value="{version}"/>
 <dependencies><l:LibreOffice-minimal-version value="{oldest}" d:name="LibreOffice {oldest}"/></dependencies>
 <display-name><name lang="en">xl_rebal: XR_ functions</name></display-name>
</description>
"""
)

_JOBS = (
    _HEAD
    + """<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="Jobs" oor:package="org.openoffice.Office">
 <node oor:name="Jobs">
  <node oor:name="xl_rebal.Start" oor:op="replace"><prop oor:name="Service"><value>xl_rebal.Start</value></prop></node>
 </node>
 <node oor:name="Events">
  <node oor:name="OnStartApp" oor:op="fuse"><node oor:name="JobList"><node oor:name="xl_rebal.Start" oor:op="replace"/></node></node>
  <node oor:name="OnViewCreated" oor:op="fuse"><node oor:name="JobList"><node oor:name="xl_rebal.Start" oor:op="replace"/></node></node>
 </node>
</oor:component-data>
"""
)

_ADDONS = (
    _HEAD
    + """<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="Addons" oor:package="org.openoffice.Office">
 <node oor:name="AddonUI"><node oor:name="AddonMenu">
  <node oor:name="xl_rebal.Calculate" oor:op="replace">
   <prop oor:name="Context" oor:type="xs:string"><value>com.sun.star.sheet.SpreadsheetDocument</value></prop>
   <prop oor:name="Title" oor:type="xs:string"><value xml:lang="en">Rebalance: Calculate Now</value></prop>
   <prop oor:name="URL" oor:type="xs:string"><value>service:xl_rebal.Commands?calculate</value></prop>
   <prop oor:name="Target" oor:type="xs:string"><value>_self</value></prop>
  </node>
 </node></node>
</oor:component-data>
"""
)
