namespace Routing.Policy.Rules;

/// <summary>What a rule does with a packet that matches.</summary>
public abstract record RuleAction
{
    private RuleAction()
    {
    }

    /// <summary>A fixed verdict.</summary>
    public sealed record Decide(Verdict Verdict) : RuleAction;

    /// <summary>The verdict that the map of this name has for the packet; without one the next rule goes on.</summary>
    public sealed record Dispatch(string MapName) : RuleAction;

    /// <summary>Hands the packet to who listens to a queue, who lets it go on. It goes on at once where nobody listens and where the
    /// queue is full: this is for packets that pass in any case.</summary>
    public sealed record Hold(ushort Queue) : RuleAction;

    /// <summary>Tells who listens; the next rule goes on, whether or not the packet was one too many to be told.</summary>
    public sealed record Report(PacketReport Packet) : RuleAction;

    /// <summary>Gives the packet a bit of its mark, or takes it away; the next rule goes on.</summary>
    public sealed record SetMark(uint Bit, bool IsSet) : RuleAction;

    /// <summary>Keeps connection tracking from looking at the packet; the next rule goes on. Before it has looked only.</summary>
    public sealed record Untrack : RuleAction;
}
