using System.CommandLine;
using Routing.Agent.Options;

namespace Routing.Agent.Cli;

/// <summary>`--backend` of the verbs that run agents.</summary>
internal static class BackendOption
{
    public static Option<string> Create()
    {
        var option = new Option<string>("--backend")
        {
            Description = "What policies are enforced with: nftables, iptables (with ipset), or auto: nftables where the kernel "
                + "has all that it takes, else iptables.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Name(PolicyBackend.Auto),
        };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<PolicyBackend>().Select(Name)]);
        return option;
    }

    public static PolicyBackend Read(ParseResult result, Option<string> option) =>
        Enum.Parse<PolicyBackend>(result.GetRequiredValue(option), ignoreCase: true);

    /// <summary>As the command line spells it.</summary>
    public static string Name(PolicyBackend backend) => backend.ToString().ToLowerInvariant();
}
