namespace Routing.Bgp.Bfd;

/// <summary>Why a packet was thrown away (RFC 5880 §6.8.6, in the order of its rules).</summary>
internal enum BfdDiscard : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The version is not 1.</summary>
    Version,

    /// <summary>The Length field is below 24, or 26 with authentication, or past the end of the payload.</summary>
    Length,

    /// <summary>Detect Mult is zero.</summary>
    DetectMultiplier,

    /// <summary>The Multipoint bit is set.</summary>
    Multipoint,

    /// <summary>My Discriminator is zero.</summary>
    MyDiscriminator,

    /// <summary>Your Discriminator is zero, and the state is neither Down nor AdminDown.</summary>
    YourDiscriminator,

    /// <summary>Authentication is present and we have none configured, is missing though we have, or does not verify
    /// (RFC 5880 §6.7).</summary>
    Authentication,

    /// <summary>It crossed a router: a single-hop packet arrives with TTL 255 or it is not from the link (RFC 5881 §5).</summary>
    TimeToLive,

    /// <summary>No session is meant by it.</summary>
    NoSession,

    /// <summary>Your Discriminator names a session with somebody else.</summary>
    Source,
}
