using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>Families whose End-of-RIB has come in a session. The reader notes them, the session's loop asks.</summary>
internal sealed class ReceivedEnds
{
    private volatile bool _ipv4;
    private volatile bool _ipv6;

    /// <summary>It has come.</summary>
    public void Note(AfiSafi family)
    {
        if (family == AfiSafi.IPv4Unicast)
        {
            _ipv4 = true;
        }
        else
        {
            _ipv6 = true;
        }
    }

    /// <summary>Whether it has.</summary>
    public bool Has(AfiSafi family) => family == AfiSafi.IPv4Unicast ? _ipv4 : _ipv6;
}
