using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>The packets of one probe: a connection that waits for the server's name, or a datagram that must come back behind it.
/// </summary>
internal sealed class ProbeSocket : IDisposable
{
    /// <summary>A datagram is sent again after this long: a lost one must not look like a forbidden one.</summary>
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private readonly Probe _probe;
    private readonly Socket _socket;
    private readonly byte[] _expected;

    private ProbeSocket(Probe probe, Socket socket)
    {
        (_probe, _socket) = (probe, socket);
        _expected = Encoding.ASCII.GetBytes(probe.To.Name + "\n");
    }

    /// <summary>Opens the socket; called on a thread inside the sender's namespace.</summary>
    /// <exception cref="SocketException">The sender does not have the source address.</exception>
    public static ProbeSocket Open(Probe probe)
    {
        var family = probe.Destination.AddressFamily;
        var socket = probe.Port.Protocol == TransportProtocol.Udp
            ? new Socket(family, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(family, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            socket.Bind(new IPEndPoint(probe.Source, 0));
            return new ProbeSocket(probe, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Tries until there is an answer of some kind, or patience ends.</summary>
    /// <param name="time">For resending.</param>
    /// <param name="patience">Cancelled when silence is an answer.</param>
    public async Task<ProbeOutcome> RunAsync(TimeProvider time, CancellationToken patience)
    {
        try
        {
            await _socket.ConnectAsync(new IPEndPoint(_probe.Destination, _probe.Port.Number), patience);
            return _probe.Port.Protocol == TransportProtocol.Udp
                ? await ExchangeDatagramAsync(time, patience)
                : await ReadNameAsync(patience);
        }
        catch (OperationCanceledException)
        {
            return ProbeOutcome.Silent;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => ProbeOutcome.Refused,
                SocketError.TimedOut => ProbeOutcome.Silent,
                _ => ProbeOutcome.Unreachable,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<ProbeOutcome> ReadNameAsync(CancellationToken patience)
    {
        var buffer = new byte[_expected.Length + 1];
        var filled = 0;
        while (filled < buffer.Length)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, patience);
            if (received == 0)
            {
                break;
            }

            filled += received;
        }

        return buffer.AsSpan(0, filled).SequenceEqual(_expected) ? ProbeOutcome.Answered : ProbeOutcome.Misdelivered;
    }

    private async Task<ProbeOutcome> ExchangeDatagramAsync(TimeProvider time, CancellationToken patience)
    {
        var nonce = RandomNumberGenerator.GetBytes(8);
        var buffer = new byte[_expected.Length + 64];
        var reply = _socket.ReceiveAsync(buffer, SocketFlags.None, patience).AsTask();
        while (true)
        {
            await _socket.SendAsync(nonce, SocketFlags.None, patience);
            if (await Task.WhenAny(reply, Task.Delay(ResendInterval, time, patience)) == reply)
            {
                break;
            }
        }

        var answer = buffer.AsSpan(0, await reply);
        return answer.StartsWith(_expected) && answer[_expected.Length..].SequenceEqual(nonce)
            ? ProbeOutcome.Answered : ProbeOutcome.Misdelivered;
    }
}
