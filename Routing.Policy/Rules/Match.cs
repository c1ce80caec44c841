namespace Routing.Policy.Rules;

/// <summary>A condition of a <see cref="Rule"/>; all of a rule's conditions must hold.</summary>
public abstract record Match
{
    private Match()
    {
    }

    /// <summary>The packet belongs to a connection that was accepted before, or is related to one.</summary>
    public sealed record Established : Match;

    /// <summary>The packet is of this IP version.</summary>
    public sealed record Family(IpFamily Value) : Match;

    /// <summary>The interface's name starts with <paramref name="Prefix"/>.</summary>
    /// <param name="Interface"><see cref="RuleField.InputInterface"/> or
    /// <see cref="RuleField.OutputInterface"/>.</param>
    /// <param name="Prefix">Leading characters of the name.</param>
    public sealed record InterfacePrefix(RuleField Interface, string Prefix) : Match;

    /// <summary>Behind the headers of IP stand the four octets in which ports are. A look-up with ports finds nothing for a packet
    /// without them, whichever protocol it is of.</summary>
    public sealed record HasPortOctets : Match;

    /// <summary>A process of this host sends the packet; it is none that came in.</summary>
    public sealed record Local : Match;

    /// <summary>The packet has a bit of its mark, which <see cref="RuleAction.SetMark"/> gave it.</summary>
    public sealed record Marked(uint Bit) : Match;

    /// <summary>The packet's fields are a member of the set of this name (the set says which fields).</summary>
    public sealed record InSet(string SetName) : Match;

    /// <summary>They are not. Only on the way from one ruleset to another: no ruleset that is compiled has it.</summary>
    public sealed record NotInSet(string SetName) : Match;

    /// <summary>The packet is of this transport protocol (IANA number).</summary>
    public sealed record Protocol(byte Number) : Match;

    /// <summary>The packet goes on with a connection of TCP that connection tracking does not know (any more): to the kernel it begins
    /// one, in whichever direction it goes, but it is none that does (SYN alone). Nothing that is left untracked.</summary>
    public sealed record Resuming : Match
    {
        /// <summary>Of the flags in <see cref="FlagMask"/> a packet that begins a connection has these.</summary>
        public const byte BeginFlags = Syn;

        /// <summary>FIN, SYN, RST and ACK: the flags that tell what begins a connection (RFC 9293 §3.1).</summary>
        public const byte FlagMask = 1 | Syn | 4 | 16;

        private const byte Syn = 2;
    }
}
