<#
.SYNOPSIS
Installs xl_rebal for the user who is logged in, upgrades it, or takes it away again. No administrator right is needed.

.DESCRIPTION
Finds Python 3.11 or newer, makes a virtual environment below %LOCALAPPDATA%\xl_rebal, installs the locked packages with
their hashes checked, and makes or repairs the firm's folder, whose workbook is told to start this Python. Running it
again upgrades; the firm's folder is kept. No setting of Windows or of PowerShell is changed.

Run it from the folder of xl_rebal, as it was unpacked:

    powershell -ExecutionPolicy Bypass -File install\install.ps1 -FirmFolder "$HOME\Documents\Rebalancing"

(-ExecutionPolicy Bypass is for this one run.)

.PARAMETER FirmFolder
The firm's folder: workbook, templates, mappings, clients. Made if it is not there; nothing in it is written over.

.PARAMETER Firm
The firm's name, for the Settings of a new workbook.

.PARAMETER Workbook
The name of a new workbook. Default: rebalance.

.PARAMETER Wheels
A folder of downloaded wheels, to install without the internet. On a computer that has it:
py -m pip download --require-hashes -r requirements.lock -d wheels

.PARAMETER Target
Where xl_rebal goes. Default: %LOCALAPPDATA%\xl_rebal.

.PARAMETER Python
The python.exe to use, when the one that is found is not the right one.

.PARAMETER Shortcut
Also puts the firm's folder into the Start menu.

.PARAMETER Uninstall
Removes xl_rebal and its Start menu entry. The firm's folder stays.
#>
[CmdletBinding()]
param(
    [string]$FirmFolder = "",
    [string]$Firm = "",
    [string]$Workbook = "",
    [string]$Wheels = "",
    [string]$Target = "",
    [string]$Python = "",
    [switch]$Shortcut,
    [switch]$Uninstall
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = "Stop"
$Root = Split-Path -Parent $PSScriptRoot
$Entry = Join-Path ([Environment]::GetFolderPath("Programs")) "xl_rebal firm folder.lnk"

function Get-PythonPath([string]$Command, [string[]]$First) {
    # The full path of a Python that is new enough; an empty text for any other, and for the Store's stub that only advertises.
    $test = "import sys; print(sys.executable if sys.version_info >= (3, 11) else '')"
    try {
        $found = & $Command @First -c $test 2>$null
        if ($LASTEXITCODE -eq 0 -and $found) { return ([string]$found).Trim() }
    }
    catch { Write-Verbose "$Command does not start." }
    return ""
}

function Find-Python {
    if ($Python) { return Get-PythonPath $Python @() }
    foreach ($candidate in @(@("py", "-3"), @("python"), @("python3"))) {
        $command = $candidate[0]
        $first = @($candidate | Select-Object -Skip 1)
        if (Get-Command $command -ErrorAction SilentlyContinue) {
            $path = Get-PythonPath $command $first
            if ($path) { return $path }
        }
    }
    return ""
}

if (-not (Test-Path (Join-Path $Root "requirements.lock"))) {
    Write-Output "Not done: $Root is not the folder of xl_rebal. Unpack the whole download and run install\install.ps1 in it."
    exit 2
}

$found = Find-Python
if (-not $found) {
    Write-Output "Not done: Python 3.11 or newer was not found."
    Write-Output "Install it for yourself, without an administrator: python.org, Downloads, Windows installer (64-bit), Install Now."
    Write-Output "Or in a terminal: winget install --scope user Python.Python.3.13"
    Write-Output "Then run this again, or name it: -Python C:\path\to\python.exe"
    exit 2
}
Write-Output "Python: $found"

$job = "install"
if ($Uninstall) { $job = "uninstall" }
$given = @("-m", "xl_rebal.installing.for_user", $job)
if ($Target) { $given += @("--target", $Target) }
if (-not $Uninstall) {
    if ($Wheels) { $given += @("--wheels", (Resolve-Path $Wheels).Path) }
    if ($FirmFolder) {
        $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($FirmFolder)
        $given += @("--firm-folder", $full)
    }
    if ($Firm) { $given += @("--firm", $Firm) }
    if ($Workbook) { $given += @("--workbook", $Workbook) }
    Write-Output "Installing. This takes a minute or two."
}

Push-Location $Root
try {
    & $found @given
    $code = $LASTEXITCODE
}
finally { Pop-Location }

if ($code -ne 2) {
    if ($Uninstall -and (Test-Path $Entry)) {
        Remove-Item $Entry
        Write-Output "Removed from the Start menu: $Entry"
    }
    if ($Shortcut -and $FirmFolder -and -not $Uninstall) {
        $link = (New-Object -ComObject WScript.Shell).CreateShortcut($Entry)
        $link.TargetPath = $full
        $link.Save()
        Write-Output "Start menu: $Entry"
    }
}
exit $code
