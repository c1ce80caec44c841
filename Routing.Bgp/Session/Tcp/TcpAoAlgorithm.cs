namespace Routing.Bgp.Session.Tcp;

/// <summary>The algorithms that every TCP-AO must have (RFC 5926 §3.2).</summary>
public enum TcpAoAlgorithm
{
    /// <summary>HMAC-SHA-1-96.</summary>
    HmacSha1,

    /// <summary>AES-128-CMAC-96.</summary>
    AesCmac,
}
