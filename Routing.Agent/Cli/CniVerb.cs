using System.CommandLine;
using Routing.Agent.Cni;

namespace Routing.Agent.Cli;

/// <summary>`routing cni install`: what the DaemonSet's init container runs.</summary>
internal static class CniVerb
{
    public static Command Create() => new("cni", "Install the CNI shim on a node.") { CreateInstall() };

    private static Command CreateInstall()
    {
        var binDir = new Option<string>("--bin-dir")
        {
            Description = "Folder of the runtime's CNI plugins.",
            DefaultValueFactory = _ => "/opt/cni/bin",
        };
        var confDir = new Option<string>("--conf-dir")
        {
            Description = "Folder of the runtime's CNI configuration.",
            DefaultValueFactory = _ => "/etc/cni/net.d",
        };
        var conflist = new Option<string>("--conflist")
        {
            Description = "The network configuration to install, named as it shall be there.",
            Required = true,
        };
        var shim = new Option<string>("--shim")
        {
            Description = "The shim to install.",
            DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, ShimInstaller.ShimName),
        };
        var verb = new Command("install", "Copy the shim and its conflist to the container runtime's folders, each by rename.")
        {
            binDir, confDir, conflist, shim,
        };
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(result =>
        {
            IReadOnlyList<string> written;
            try
            {
                written = new ShimInstaller(result.GetRequiredValue(binDir), result.GetRequiredValue(confDir))
                    .Install(result.GetRequiredValue(shim), result.GetRequiredValue(conflist));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserErrorException($"cannot install the CNI shim: {e.Message}");
            }

            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                writer.WriteLine(System.Text.Json.JsonSerializer.Serialize(new { written }));
            }
            else
            {
                writer.WriteLine(written.Count == 0 ? "Already installed." : $"Installed {string.Join(" and ", written)}.");
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
