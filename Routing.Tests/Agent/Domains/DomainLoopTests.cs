using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Domains;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Domains;

/// <summary>When answers go on, over a policy that commits when the test says so.</summary>
public sealed class DomainLoopTests
{
    private static readonly DomainPattern Name = DomainPattern.Parse("www.example.com"), Below = DomainPattern.Parse("*.example.com");

    private static readonly Address Server = Address.Parse("10.3.0.2"), Client = Address.Parse("10.1.0.2");

    private readonly FakeSource _source = new();
    private ManualTime _time = null!;
    private FakePolicy _policy = null!;
    private CancellationTokenSource _stop = null!;
    private string _folder = null!;
    private DomainLoop _loop = null!;
    private Task _running = Task.CompletedTask;

    [SetUp]
    public void SetUp()
    {
        (_time, _policy, _folder) = (new(), new(), Directory.CreateTempSubdirectory("names-").FullName);
        _source.Clear();
        Start();
    }

    [TearDown]
    public async Task TearDown()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task An_answer_goes_on_when_what_it_says_is_in_force()
    {
        Send(1, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("the policy is told", () => _policy.Waiting == 1);
        Assert.That(_source.Released, Is.Empty);
        Assert.That(_policy.Told[Name], Is.EquivalentTo(new[] { Address.Parse("192.0.2.1") }));
        Assert.That(_policy.Told[Below], Is.EquivalentTo(new[] { Address.Parse("192.0.2.1") }), "every name that matches");

        // Nothing is new in the second; but it is not in force either.
        Send(2, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("both wait", () => _policy.Waiting == 2);
        _policy.Commit();
        await Until.TrueAsync("both went on", () => _source.Released.Count == 2);

        Send(3, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("it went on", () => _source.Released.Count == 3);
        Assert.That(_policy.Waiting, Is.Zero, "a known answer costs no transaction");
    }

    [Test]
    public async Task What_concerns_nobody_goes_on_at_once()
    {
        byte[][] payloads =
        [
            DnsMessages.Answer("example.net", 60, "192.0.2.1"), DnsMessages.Answer("www.example.com", 60), [], [1, 2, 3],
            DnsMessages.Query("www.example.com"), DnsMessages.Answer("www.example.com", 60, "192.0.2.1")[..^3],
        ];
        foreach (var (id, payload) in payloads.Index())
        {
            Send((uint)id, payload);
        }

        _source.Send(100, [0x45]);
        await Until.TrueAsync("all went on", () => _source.Released.Count == payloads.Length + 1);
        Assert.That(_policy.Told, Is.Empty);
        Assert.That(_loop.Status.Answers, Is.Zero);
    }

    [Test]
    public async Task One_that_takes_too_long_goes_on_and_is_counted()
    {
        Send(1, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("the policy is told", () => _policy.Waiting == 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync("it went on", () => _source.Released.Count == 1);
        Assert.That(_loop.Status.Late, Is.EqualTo(1));
    }

    [Test]
    public async Task Over_TCP_the_segment_that_completes_an_answer_waits_and_so_does_what_is_sent_again()
    {
        var octets = TcpPackets.Framed(DnsMessages.Answer("www.example.net", 60, "192.0.2.9"), DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        SendTcp(1, 0, TcpPackets.Syn | TcpPackets.Ack);
        SendTcp(2, 1, TcpPackets.Ack, octets[..70]);
        SendTcp(3, 1, TcpPackets.Ack);
        await Until.TrueAsync("nothing is complete that concerns anybody", () => _source.Released.Count == 3);
        SendTcp(4, 71, TcpPackets.Ack, octets[70..]);
        await Until.TrueAsync("the policy is told", () => _policy.Waiting == 1);
        Assert.That(_policy.Told[Name], Is.EquivalentTo(new[] { Address.Parse("192.0.2.1") }));
        SendTcp(5, 71, TcpPackets.Ack, octets[70..]);
        await Until.TrueAsync("it waits likewise", () => _policy.Waiting == 2);
        SendTcp(6, 1 + (uint)octets.Length, TcpPackets.Ack | TcpPackets.Fin);
        await Until.TrueAsync("what has no data goes on", () => _source.Released.Count == 4);
        Assert.That(_source.Released, Is.EquivalentTo(new[] { 1, 2, 3, 6 }));
        _policy.Commit();
        await Until.TrueAsync("all went on", () => _source.Released.Count == 6);
        Assert.That(_loop.Status, Is.EqualTo(new DomainStatus { Names = 2, Addresses = 2, Answers = 1 }));
    }

    [Test]
    public async Task Over_TCP_nothing_is_learned_of_a_connection_from_which_something_may_be_missing()
    {
        var octets = TcpPackets.Framed(DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        SendTcp(1, 0, TcpPackets.Syn | TcpPackets.Ack);
        SendTcp(2, 1, TcpPackets.Ack, octets[..20]);
        SendTcp(5, 21, TcpPackets.Ack, octets[20..], missed: 2);
        await Until.TrueAsync("all went on", () => _source.Released.Count == 3);
        Assert.That(_loop.Status, Is.EqualTo(new DomainStatus { Unread = 3 }));

        _source.Send(TcpPackets.Segment(Server, Client, 4000, 0, TcpPackets.Syn | TcpPackets.Ack, []));
        _source.Send(TcpPackets.Segment(Server, Client, 4000, 1, TcpPackets.Ack, octets));
        await Until.TrueAsync("a copy is not read", () => _loop.Status.Unread == 4);
        Assert.That(_policy.Told, Is.Empty);
    }

    [Test]
    public async Task Who_asked_and_until_when_is_listed()
    {
        Send(1, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        Send(2, DnsMessages.Answer("api.example.com", 30, "192.0.2.2"));
        await Until.TrueAsync("both wait", () => _policy.Waiting == 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        var names = await _loop.ListAsync(default);
        Assert.That(
            names.Select(name => $"{name.Pattern} {name.Answers} {name.Asker}: {string.Join(", ", name.Addresses.Select(one => $"{one.Address} {one.Left.TotalSeconds}"))}"),
            Is.EqualTo(new[] { "*.example.com 2 10.1.0.2: 192.0.2.2 30, 192.0.2.1 60", "www.example.com 1 10.1.0.2: 192.0.2.1 60" }));
    }

    [Test]
    public async Task What_could_not_be_told_in_time_is_told_later()
    {
        _policy.IsFull = true;
        Send(1, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("it went on", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _source.Released.Count == 1;
        });
        await Until.TrueAsync("the policy is told", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _policy.Told.Count == 2;
        });
    }

    [Test]
    public async Task What_was_learned_lapses_and_what_the_next_agent_finds_has_the_rest_of_its_time()
    {
        Send(1, DnsMessages.Answer("www.example.com", 60, "192.0.2.1"));
        await Until.TrueAsync("the policy is told", () => _policy.Waiting == 1);
        _time.Advance(TimeSpan.FromSeconds(40));
        await StopAsync();
        _policy.Told.Clear();
        Start();
        Assert.That(_loop.Restore()[Name], Is.EquivalentTo(new[] { Address.Parse("192.0.2.1") }));
        await Until.TrueAsync("it lapses", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _policy.Told.Count == 2;
        });
        Assert.That(_policy.Told[Name], Is.Empty);
        Assert.That(_time.GetTimestamp(), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(65).Ticks), "its TTL and the grace");
        Assert.That(_loop.Lapsed[Name], Is.EquivalentTo(new[] { Address.Parse("192.0.2.1") }));

        await StopAsync();
        Start();
        Assert.That(_loop.Restore(), Is.Empty);
        Assert.That(_loop.Lapsed[Name], Is.Not.Empty, "connections may still be there");
    }

    private void Start()
    {
        _stop = new CancellationTokenSource();
        _loop = new DomainLoop(_policy, new NameFile(Path.Combine(_folder, "names")), _time, NullLogger<DomainLoop>.Instance);
        var (loop, stop) = (_loop, _stop.Token);
        loop.Restore();
        _running = loop.RunAsync([new AnswerSource(() => true, () => _source)], stop);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    /// <summary>Over IPv4 and UDP.</summary>
    private void Send(uint id, byte[] payload) => _source.Send(id,
    [
        0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, .. IPAddress.Parse("10.3.0.2").GetAddressBytes(), .. IPAddress.Parse("10.1.0.2").GetAddressBytes(),
        0, 53, 0xc0, 0, 0, 0, 0, 0, .. payload,
    ]);

    private void SendTcp(uint id, uint sequence, byte flags, byte[]? data = null, uint missed = 0) =>
        _source.Send(id, TcpPackets.Segment(Server, Client, 4000, sequence, flags, data ?? []), missed);

    private sealed class FakeSource : IPacketSource
    {
        private Channel<HeldPacket> _packets = Channel.CreateBounded<HeldPacket>(64);

        public List<uint> Released { get; } = [];

        public ChannelReader<HeldPacket> Packets => _packets.Reader;

        public void Clear()
        {
            _packets = Channel.CreateBounded<HeldPacket>(64);
            Released.Clear();
        }

        public void Send(uint id, byte[] octets, uint missed = 0) => Send(new HeldPacket(id, octets) { Missed = missed });

        public void Send(byte[] octets) => Send(new HeldPacket(null, octets));

        private void Send(HeldPacket packet) => Assert.That(_packets.Writer.TryWrite(packet), Is.True);

        public void Release(uint id)
        {
            lock (Released)
            {
                Released.Add(id);
            }
        }

        public void Dispose()
        {
            // it is opened again
        }
    }

    /// <summary>Keeps what it is told.</summary>
    private sealed class FakePolicy : INamePolicy
    {
        private readonly List<TaskCompletionSource> _waiting = [];

        public ImmutableHashSet<DomainPattern>? NamesInUse { get; } = [Name, Below];

        public Dictionary<DomainPattern, ImmutableHashSet<Address>> Told { get; } = [];

        public int Waiting
        {
            get
            {
                lock (_waiting)
                {
                    return _waiting.Count;
                }
            }
        }

        public ValueTask NoteNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken)
        {
            Note(note);
            return ValueTask.CompletedTask;
        }

        /// <summary>It takes nothing in, and lets who wants to commit something wait.</summary>
        public bool IsFull { get; set; }

        public Task CommitNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!IsFull)
            {
                Note(note);
                lock (_waiting)
                {
                    _waiting.Add(done);
                }
            }

            return done.Task.WaitAsync(cancellationToken);
        }

        public void Commit()
        {
            lock (_waiting)
            {
                _waiting.ForEach(done => done.TrySetResult());
                _waiting.Clear();
            }
        }

        private void Note(Action<NodePolicy> note)
        {
            var policy = new NodePolicy("node");
            policy.SetDomain(Name, [Address.Parse("203.0.113.1")]); // to see that it is told of nothing, too
            policy.SetDomain(Below, [Address.Parse("203.0.113.1")]);
            note(policy);
            var domains = policy.SliceOf(new HashSet<Address>()).Domains;
            Told[Name] = domains.GetValueOrDefault(Name, []);
            Told[Below] = domains.GetValueOrDefault(Below, []);
        }
    }
}
