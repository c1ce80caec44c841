using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Session.Discovery;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session.Discovery;

/// <summary>Two ends of a link find each other, whoever is there first and however often the link goes away.</summary>
[TestFixture]
public sealed class LinkNeighboursTests
{
    [Test]
    public async Task Each_finds_the_other_at_once_and_again_after_the_link_was_away()
    {
        var time = new ManualTime();
        var link = new MemoryLink();
        using var stop = new CancellationTokenSource();
        var (left, right) = (new ConcurrentQueue<IPAddress>(), new ConcurrentQueue<IPAddress>());
        link.IsAway = true;
        var running = new List<Task> { Run("left", left) };
        await Until.TrueAsync("left waits for its interface", () => time.ArmedTimers == 1);
        link.IsAway = false;
        time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync("left solicits and advertises", () => link.Sent.Count >= 2);
        running.Add(Run("right", right));
        await Until.TrueAsync("both are found, without any time passing", () => !left.IsEmpty && !right.IsEmpty);
        Assert.That(left.First().ToString(), Is.EqualTo("fe80::b%7"));
        Assert.That(right.First().ToString(), Is.EqualTo("fe80::a%7"));

        left.Clear();
        link.Break();
        await Until.TrueAsync(
            "both try again and find each other",
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return !left.IsEmpty;
            });
        await stop.CancelAsync();
        await Task.WhenAll(running);

        Task Run(string name, ConcurrentQueue<IPAddress> found) => Task.Run(() => new LinkNeighbours(
            name, link, found.Enqueue, time, NullLogger.Instance).RunAsync(stop.Token));
    }

    private sealed class MemoryLink : ILinkTransport
    {
        private readonly ConcurrentDictionary<string, MemorySocket> _sockets = new();

        public bool IsAway { get; set; }

        public ConcurrentQueue<byte[]> Sent { get; } = new();

        public ILinkSocket Open(string interfaceName) => IsAway
            ? throw new IOException($"interface {interfaceName}: there is no such interface")
            : _sockets[interfaceName] = new MemorySocket(this, interfaceName);

        public void Break()
        {
            foreach (var socket in _sockets.Values)
            {
                socket.Inbound.Writer.TryComplete(new IOException("gone"));
            }
        }

        private sealed class MemorySocket(MemoryLink link, string name) : ILinkSocket
        {
            public Channel<(byte[] Message, IPAddress From)> Inbound { get; } =
                Channel.CreateBounded<(byte[] Message, IPAddress From)>(100);

            public Task SendAsync(ReadOnlyMemory<byte> message, IPAddress group, CancellationToken cancellationToken)
            {
                link.Sent.Enqueue(message.ToArray());
                var from = IPAddress.Parse(name == "left" ? "fe80::a%7" : "fe80::b%7");
                foreach (var other in link._sockets.Values.Where(other => other != this))
                {
                    other.Inbound.Writer.TryWrite((message.ToArray(), from));
                }

                return Task.CompletedTask;
            }

            public async Task<(int Length, IPAddress From)> ReceiveAsync(
                Memory<byte> buffer, CancellationToken cancellationToken)
            {
                try
                {
                    var (message, from) = await Inbound.Reader.ReadAsync(cancellationToken);
                    message.CopyTo(buffer);
                    return (message.Length, from);
                }
                catch (ChannelClosedException exception)
                {
                    throw new IOException("gone", exception);
                }
            }

            public void Dispose()
            {
            }
        }
    }
}
