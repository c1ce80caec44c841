namespace Routing.Bgp.Wire.Messages;

/// <summary>What an entry does to the list of filters that the receiver keeps (RFC 5291 §4).</summary>
internal enum PrefixOrfAction : byte
{
    Add = 0,
    Remove = 1,
    RemoveAll = 2,
}
