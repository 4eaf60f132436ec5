# PowerShell completion for auditlog. Put this line into $PROFILE: auditlog completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName auditlog -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # The words are taken from the parsed line as text; nothing of them is evaluated.
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $program = Get-Command auditlog -CommandType Application, ExternalScript -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $program) { return }
    & $program complete "=$wordToComplete" '--' @words 2>$null | Where-Object { $_ -and -not $_.StartsWith(':') } | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
