using System.Net;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>One TCP connection. One reader and one writer at a time. Disposing it ends both with an
/// exception.</summary>
internal interface IBgpConnection : IAsyncDisposable
{
    /// <summary>Our end.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The peer's end.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>An address of the other IP family on the interface of <see cref="LocalEndPoint"/>; null when there is
    /// none. Looked up when asked: it walks the machine's interfaces.</summary>
    IPAddress? LocalAddressOfOtherFamily { get; }

    /// <summary>Name of the interface that has our end's address; null when none has.</summary>
    string? LocalInterface { get; }

    /// <summary>Octets have come that no read has taken.</summary>
    bool HasUnread { get; }

    /// <summary>Reads what is there, at least one octet.</summary>
    /// <returns>Octets read; 0 when the peer has closed its side.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes all buffers in order, in as few system calls as it takes.</summary>
    /// <param name="buffers">Backed by arrays. Borrowed until the call completes.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken);

    /// <summary>Sets the socket of a connection that was accepted up; its keys came from the listener.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    void Apply(ConnectionOptions options);

    /// <summary>Signs with other keys from now on.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    void ChangeKeys(PeerKeys from, PeerKeys to);

    /// <summary>Says that we write no more; the peer reads what was written and then the end.</summary>
    void ShutdownSend();
}
