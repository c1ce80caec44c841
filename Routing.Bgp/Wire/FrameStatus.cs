namespace Routing.Bgp.Wire;

/// <summary>What <see cref="MessageFramer.Read"/> found in the buffer.</summary>
internal enum FrameStatus
{
    /// <summary>A whole message.</summary>
    Message,

    /// <summary>More octets are needed.</summary>
    Incomplete,

    /// <summary>A header that RFC 4271 §6.1 refuses; the connection cannot go on.</summary>
    Error,
}
