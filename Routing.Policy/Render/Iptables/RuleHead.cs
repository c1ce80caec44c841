using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>Conditions of one iptables rule, which may name each interface and the protocol once only.</summary>
/// <param name="Input">`-i`: a name, or leading characters and '+'.</param>
/// <param name="Output">`-o`, likewise.</param>
/// <param name="Protocol">`-p`.</param>
/// <param name="Matches">The `-m` options.</param>
internal readonly record struct RuleHead(string? Input, string? Output, byte? Protocol, string Matches)
{
    public static RuleHead Always { get; } = new(null, null, null, "");

    /// <summary>The element of a set that counts which is all in these conditions, as no ipset has anything of it; null for none.</summary>
    public (string Set, SetElement Element)? Element { get; init; }

    /// <summary>With one more option.</summary>
    public RuleHead With(string match) => this with { Matches = Matches + match };

    /// <summary>Of this protocol as well; null when it cannot be.</summary>
    public RuleHead? WithProtocol(byte? protocol) =>
        protocol is null ? this
        : Protocol is null || Protocol == protocol ? this with { Protocol = protocol }
        : null;

    /// <summary>Through this interface as well; null when it cannot be.</summary>
    public RuleHead? WithInterface(RuleField side, string pattern)
    {
        var isInput = side == RuleField.InputInterface;
        return Both(isInput ? Input : Output, pattern) is not { } both ? null
            : isInput ? this with { Input = both }
            : this with { Output = both };
    }

    /// <summary>The rule, as iptables-save orders it.</summary>
    public string Rule(string comment, string target)
    {
        var interfaces = (Input is null ? "" : $"-i {Input} ") + (Output is null ? "" : $"-o {Output} ");
        var protocol = Protocol is { } number ? $"-p {ProtocolNames.Of(number)} " : "";
        return interfaces + protocol + (Matches + comment).TrimStart() + (Matches.Length + comment.Length > 0 ? " " : "") + target;
    }

    private static string? Both(string? one, string other) =>
        one is null || one == other ? other
        : Includes(one, other) ? other
        : Includes(other, one) ? one
        : null;

    private static bool Includes(string pattern, string name) =>
        pattern.EndsWith('+') && name.StartsWith(pattern[..^1], StringComparison.Ordinal);
}
