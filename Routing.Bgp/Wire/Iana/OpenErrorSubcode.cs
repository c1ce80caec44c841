namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "OPEN Message Error subcodes" (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2).</summary>
internal enum OpenErrorSubcode : byte
{
    Unspecific = 0,
    UnsupportedVersionNumber = 1,
    BadPeerAs = 2,
    BadBgpIdentifier = 3,
    UnsupportedOptionalParameter = 4,
    UnacceptableHoldTime = 6,
    UnsupportedCapability = 7,
    RoleMismatch = 11,
}
