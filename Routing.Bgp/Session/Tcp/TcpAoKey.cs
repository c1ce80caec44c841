namespace Routing.Bgp.Session.Tcp;

/// <summary>A Master Key Tuple of TCP-AO (RFC 5925 §3.1).</summary>
/// <param name="SendId">KeyID of the segments we sign with it.</param>
/// <param name="ReceiveId">KeyID of the segments the neighbour signs with it.</param>
/// <param name="Algorithm">How.</param>
/// <param name="Secret">The master key.</param>
public sealed record TcpAoKey(byte SendId, byte ReceiveId, TcpAoAlgorithm Algorithm, TcpSecret Secret)
{
    /// <summary>True for a different key with a KeyID of this one: both cannot stand beside each other.</summary>
    internal bool Displaces(TcpAoKey other) =>
        this != other && (SendId == other.SendId || ReceiveId == other.ReceiveId);
}
