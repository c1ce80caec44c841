namespace Routing.Agent.Netlink;

/// <summary>Turns a message of a dump into a value.</summary>
/// <returns>False for a message that is none of the wanted ones.</returns>
internal delegate bool NetlinkDecoder<T>(in NetlinkMessage message, out T value);

/// <summary>Takes a message; the message is borrowed.</summary>
internal delegate void NetlinkHandler(in NetlinkMessage message);
