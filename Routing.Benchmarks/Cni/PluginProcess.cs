using System.Diagnostics;

namespace Routing.Benchmarks.Cni;

/// <summary>A CNI plugin as a runtime runs it: a process with an environment, the configuration on stdin.</summary>
internal sealed class PluginProcess(string path, string config)
{
    /// <summary>Runs one call.</summary>
    /// <returns>From before the process is started until its end and the end of its output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public TimeSpan Run(string command, string containerId, string netns)
    {
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_CONTAINERID"] = containerId;
        start.Environment["CNI_NETNS"] = netns;
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_PATH"] = Path.GetDirectoryName(path);
        start.Environment["CNI_ARGS"] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE={BenchmarkCluster.Namespace};K8S_POD_NAME={containerId}";

        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Write(config);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var duration = Stopwatch.GetElapsedTime(began);
        return process.ExitCode == 0 ? duration : throw new InvalidOperationException(
            $"{path} {command} ended with {process.ExitCode}: {output}{process.StandardError.ReadToEnd()}");
    }
}
