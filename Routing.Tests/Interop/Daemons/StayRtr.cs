using System.Diagnostics;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>StayRTR, a cache of the RPKI to router protocol, with payloads out of a file.</summary>
internal sealed class StayRtr : IDisposable
{
    public const int Port = 3323;

    private readonly string _file = Path.GetTempFileName();
    private readonly Process _process;

    public StayRtr(TestNamespace place, params (string Prefix, int MaxLength, uint Asn)[] roas)
    {
        Write(roas);
        var start = new ProcessStartInfo(
            Requires.Tool("stayrtr"),
            ["-bind", $":{Port}", "-cache", _file, "-checktime=false", "-metrics.addr", "", "-refresh", "1", "-protocol", "1"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = place.Inner.Run(() => Process.Start(start)!);
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Other payloads; it looks at its file each second and notifies its routers.</summary>
    public void Write(params (string Prefix, int MaxLength, uint Asn)[] roas)
    {
        var next = _file + ".next";
        File.WriteAllText(next, $$"""
            {"metadata": {}, "roas": [{{string.Join(", ", roas.Select(roa =>
                $$"""{"prefix": "{{roa.Prefix}}", "maxLength": {{roa.MaxLength}}, "asn": "AS{{roa.Asn}}", "ta": "test"}"""))}}]}
            """);
        File.Move(next, _file, overwrite: true);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, Signals.Kill);
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        File.Delete(_file);
    }
}
