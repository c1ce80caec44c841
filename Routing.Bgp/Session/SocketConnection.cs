using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>A connected TCP socket.</summary>
internal sealed class SocketConnection : IBgpConnection
{
    private readonly Socket _socket;
    private readonly List<ArraySegment<byte>> _segments = [];

    public SocketConnection(Socket socket)
    {
        _socket = socket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        RemoteEndPoint = (IPEndPoint)socket.RemoteEndPoint!;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public IPEndPoint RemoteEndPoint { get; }

    /// <inheritdoc/>
    public IPAddress? LocalAddressOfOtherFamily => LocalInterfaces.Latest.OtherFamilyOf(LocalEndPoint.Address);

    /// <inheritdoc/>
    public string? LocalInterface => LocalInterfaces.Latest.NameOf(LocalEndPoint.Address);

    /// <inheritdoc/>
    public bool HasUnread
    {
        get
        {
            try
            {
                return _socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false; // the next read says what is wrong
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> buffers, CancellationToken cancellationToken)
    {
        try
        {
            if (buffers.Count == 1)
            {
                for (var rest = buffers[0]; !rest.IsEmpty;)
                {
                    rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
                }

                return;
            }

            // Several buffers go out with one sendmsg. It takes no token: disposing the socket ends it.
            _segments.Clear();
            foreach (var buffer in buffers)
            {
                _ = MemoryMarshal.TryGetArray(buffer, out var segment);
                _segments.Add(segment);
            }

            while (_segments.Count > 0)
            {
                RemoveSent(await _socket.SendAsync(_segments, SocketFlags.None));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public void Apply(ConnectionOptions options) => SocketSetup.Apply(_socket, options);

    /// <inheritdoc/>
    public void ChangeKeys(PeerKeys from, PeerKeys to) => SocketSetup.ChangeKeys(
        _socket, PeerKeys.NetworkOf(RemoteEndPoint.Address), from, to, isListener: false);

    /// <inheritdoc/>
    public void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Nothing more can be told to a peer that is already gone.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private void RemoveSent(int sent)
    {
        var whole = 0;
        while (whole < _segments.Count && sent >= _segments[whole].Count)
        {
            sent -= _segments[whole].Count;
            whole++;
        }

        _segments.RemoveRange(0, whole);
        if (sent > 0)
        {
            _segments[0] = _segments[0][sent..];
        }
    }
}
