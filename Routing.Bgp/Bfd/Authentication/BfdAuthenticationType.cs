namespace Routing.Bgp.Bfd.Authentication;

/// <summary>How BFD packets prove where they come from: IANA "BFD Authentication Types" (RFC 5880 §4.1).</summary>
public enum BfdAuthenticationType : byte
{
    /// <summary>A password in the clear (§4.2): against mistakes, not against attackers.</summary>
    SimplePassword = 1,

    /// <summary>An MD5 digest with a sequence number that rises now and then (§4.3).</summary>
    KeyedMd5 = 2,

    /// <summary>An MD5 digest with a sequence number that rises with each packet, so that none can be replayed.</summary>
    MeticulousKeyedMd5 = 3,

    /// <summary>A SHA1 hash with a sequence number that rises now and then (§4.4).</summary>
    KeyedSha1 = 4,

    /// <summary>A SHA1 hash with a sequence number that rises with each packet.</summary>
    MeticulousKeyedSha1 = 5,
}
