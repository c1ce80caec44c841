using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Rpki;
using Routing.Bgp.Rpki.Rtr;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Rpki;

/// <summary>Caches over loopback, times by a clock that the test moves.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RpkiServiceTests : IAsyncDisposable
{
    private static readonly Vrp One = new(P("10.1.0.0/16"), 24, 65001);
    private static readonly Vrp Two = new(P("10.2.0.0/16"), 24, 65001);

    private readonly ManualTime _time = new();
    private readonly BlockingCollection<RpkiChange> _changes = [];
    private readonly RpkiService _service;

    public RpkiServiceTests() => _service = new RpkiService(
        65000,
        (change, cancellationToken) =>
        {
            _changes.Add(change, cancellationToken);
            return Task.CompletedTask;
        },
        new RtrTcpTransport(),
        _time,
        NullLoggerFactory.Instance);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _service.DisposeAsync(); // as a speaker does that is stopped and then disposed
        _changes.Dispose();
    }

    [Test]
    public async Task A_cache_is_followed_by_its_refresh_time()
    {
        await using var cache = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [cache.Options()] });
        await cache.AcceptAsync();
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.ResetQuery(1)));
        await cache.RespondAsync(42, [(One, true)]);
        var change = Next();
        Assert.That(change.ChangedRoas.Payloads, Is.EqualTo(new[] { One }));
        await IsAsync(status => status.Caches[0] is { State: RpkiCacheState.Synchronized, Serial: 42, Vrps: 1, IsUsed: true });
        Assert.That(_service.Status.IPv4Vrps, Is.EqualTo(1));

        await AdvanceAsync(3600);
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.SerialQuery(1, 0x1234, 42)));
        await cache.RespondAsync(43, [(Two, true), (One, false)]);
        change = Next();
        Assert.That(change.ChangedRoas.Payloads, Is.EquivalentTo(new[] { One, Two }), "both are looked at again");
        Assert.That(change.View.Roas.Payloads, Is.EqualTo(new[] { Two }));
    }

    [Test]
    public async Task Data_survive_the_connection_until_they_expire() // RFC 8210 §6
    {
        await using var cache = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [cache.Options()] });
        await cache.AcceptAsync();
        await cache.ReadAsync();
        await cache.RespondAsync(42, [(One, true)]);
        Next();
        await cache.DropAsync();
        await IsAsync(status => status.Caches[0].State == RpkiCacheState.Waiting);
        Assert.That(_service.Status.Caches[0], Has.Property("Vrps").EqualTo(1).And.Property("LastError").EqualTo("the cache closed the connection"));

        await AdvanceAsync(5);
        await cache.AcceptAsync();
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.SerialQuery(1, 0x1234, 42)), "it goes on where it was");
        await cache.RespondAsync(42, []);
        await IsAsync(status => status.Caches[0].State == RpkiCacheState.Synchronized);

        await cache.DisposeAsync(); // and it does not come back
        while (_changes.Count == 0)
        {
            await AdvanceAsync(60);
            await Task.Yield();
        }

        Assert.That(Next().View.Roas.Payloads, Is.Empty);
        Assert.That(_time.GetUtcNow() - DateTimeOffset.Parse("2026-01-01Z"), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(7200)));
    }

    [Test]
    public async Task A_cache_of_another_life_loses_its_data_at_once() // RFC 8210 §5.1
    {
        await using var cache = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [cache.Options()] });
        await cache.AcceptAsync();
        await cache.ReadAsync();
        await cache.RespondAsync(42, [(One, true)]);
        Next();
        await AdvanceAsync(3600);
        await cache.ReadAsync();
        await cache.SendAsync(RtrPduType.CacheResponse, 0x9999, []);
        Assert.That(Next().View.Roas.Payloads, Is.Empty);
        await IsAsync(status => status.Caches[0] is { State: RpkiCacheState.Waiting, Vrps: 0, Serial: null });
        await AdvanceAsync(5);
        await cache.AcceptAsync();
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.ResetQuery(1)));
    }

    [Test]
    public async Task A_cache_that_does_not_answer_is_given_up_and_tried_again()
    {
        await using var cache = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [cache.Options()] });
        await cache.AcceptAsync();
        await cache.ReadAsync();
        await AdvanceAsync(60);
        await IsAsync(status => status.Caches[0].LastError == "no answer within 60 s");
        await AdvanceAsync(5);
        await cache.AcceptAsync();
    }

    [Test]
    public async Task A_cache_of_an_older_protocol_is_asked_in_it_at_once() // RFC 8210 §7
    {
        await using var cache = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [cache.Options(version: 2)] });
        await cache.AcceptAsync();
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.ResetQuery(2)));
        await cache.SendAsync(RtrPduType.ErrorReport, (ushort)RtrErrorCode.UnsupportedProtocolVersion, new byte[8]);
        await cache.AcceptAsync();
        Assert.That(await cache.ReadAsync(), Is.EqualTo(RtrWriter.ResetQuery(1)));
    }

    [Test]
    public async Task The_best_preference_that_has_data_counts() // RFC 8210 §10
    {
        await using var best = new FakeCache();
        await using var other = new FakeCache();
        _service.Start(new RpkiOptions { Caches = [other.Options(preference: 2), best.Options(preference: 1)] });
        await other.AcceptAsync();
        await other.ReadAsync();
        await other.RespondAsync(1, [(Two, true)]);
        Assert.That(Next().View.Roas.Payloads, Is.EqualTo(new[] { Two }));
        await best.AcceptAsync();
        await best.ReadAsync();
        await best.RespondAsync(1, [(One, true)]);
        Assert.That(Next().View.Roas.Payloads, Is.EqualTo(new[] { One }));
        Assert.That(_service.Status.Caches.Select(cache => cache.IsUsed), Is.EqualTo(new[] { false, true }));

        _service.Configure(new RpkiOptions { Caches = [other.Options(preference: 2)] });
        Assert.That(Next().View.Roas.Payloads, Is.EqualTo(new[] { Two }), "it had them all the time");
    }

    [Test]
    public void Payloads_of_the_configuration_count_beside_the_caches()
    {
        _service.Start(new RpkiOptions { Roas = [One], Aspas = [new Aspa(65001, [65002])] });
        var change = Next();
        Assert.That(change.AspasChanged);
        Assert.That(change.View.OriginOf(P("10.1.1.0/24"), [2, 1, 0, 0, 0xFD, 0xE9]), Is.EqualTo(OriginValidity.Valid));
        Assert.That(change.View.OriginOf(P("10.1.1.0/24"), []), Is.EqualTo(OriginValidity.Invalid), "ours: AS 65000");
        Assert.That(change.View.OriginOf(P("10.1.1.0/24"), [2, 1, 0, 0, 0xFD, 0xE9, 1, 1, 0, 0, 0xFD, 0xE9]),
            Is.EqualTo(OriginValidity.Invalid), "RFC 6811 §2: a set at the end is no origin");
        _service.Configure(new RpkiOptions { Roas = [One] });
        Assert.That(Next().View.Aspas.Count, Is.Zero);
    }

    private RpkiChange Next() => _changes.TryTake(out var change, TimeSpan.FromSeconds(20)) ? change : throw new TimeoutException();

    private Task IsAsync(Func<RpkiStatus, bool> condition) =>
        Until.TrueAsync($"{_service.Status.Caches[0]}", () => condition(_service.Status));

    private async Task AdvanceAsync(int seconds)
    {
        await Until.TrueAsync("a timer runs", () => _time.ArmedTimers > 0);
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
