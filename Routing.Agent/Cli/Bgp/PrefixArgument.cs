using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Cli.Bgp;

/// <summary>PREFIX on a command line: a prefix, or an address.</summary>
internal static class PrefixArgument
{
    /// <param name="description">What it does to the verb.</param>
    /// <param name="arity">Whether it may be left out.</param>
    public static Argument<string?> Create(string description, ArgumentArity arity)
    {
        var prefix = new Argument<string?>("PREFIX") { Description = description, Arity = arity };
        prefix.Validators.Add(Check);
        return prefix;
    }

    /// <summary>Refuses what is neither a prefix nor an address.</summary>
    public static void Check(SymbolResult result)
    {
        if (result.Tokens is [var token] && !Prefix.TryParse(token.Value, out _)
            && (token.Value.Contains('/') || !IPAddress.TryParse(token.Value, out _)))
        {
            result.AddError($"'{token.Value}' is not a prefix; allowed is one like 10.1.0.0/26 or 2001:db8::/64, "
                + "without host bits, or an address");
        }
    }
}
