namespace Routing.Agent.Netlink.Netfilter;

/// <summary>A packet that a rule handed to a NFLOG group.</summary>
/// <param name="Prefix">The rule's word; empty for none.</param>
/// <param name="InputInterface">Index of the interface it came in by; 0 for none.</param>
/// <param name="OutputInterface">Index of the interface it leaves by; 0 for none.</param>
/// <param name="Header">What it is; null for what is no IP packet.</param>
/// <param name="Sequence">Its number among the packets of the group.</param>
internal readonly record struct LoggedPacket(
    string Prefix, int InputInterface, int OutputInterface, PacketHeader? Header, uint Sequence);
