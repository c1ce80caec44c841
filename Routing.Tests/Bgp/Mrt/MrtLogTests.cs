using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Fsm;
using Routing.Bgp.Mrt;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Wire;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>Update logs: their records, and how their files follow one another.</summary>
[TestFixture]
public sealed class MrtLogTests
{
    private static readonly byte[] Update = Hex.Parse("0000 0014 40010100 400206020100018A88 400304C0000201 180A0101");

    private static readonly SessionEnds Ends = new(
        "p1", 101000, 65000, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"routing-mrt-{Guid.NewGuid():n}");
    private readonly ManualTime _time = new();

    private string[] Files => Directory.Exists(_folder) ? [.. Directory.GetFiles(_folder).Order()] : [];

    [TearDown]
    public void Delete()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public async Task Writes_messages_and_states()
    {
        await using (var log = new MrtLog(new MrtLogConfig { Directory = _folder }, _time, NullLogger<MrtLog>.Instance))
        {
            log.OnState(Ends, SessionState.OpenConfirm, SessionState.Established);
            log.OnReceived(Ends, MessageType.Update, Update);
            log.OnReceived(Ends with { FourOctetAsn = false }, MessageType.Keepalive, []);
            log.OnReceived(Ends with { Context = UpdateJudge.WithPathIds }, MessageType.Update, Update);
        }

        await using var reader = MrtReader.Open(File.OpenRead(Files.Single()));
        var ends = Hex.Parse("00018A88 0000FDE8 0000 0001 C0000201 C0000202");
        await ExpectAsync(reader, MrtType.Bgp4mpExtendedTime, 5, [.. ends, 0, 5, 0, 6]); // RFC 6396 §4.4.1
        await ExpectAsync(reader, MrtType.Bgp4mpExtendedTime, 4, [.. ends, .. Hex.Message(2, Convert.ToHexString(Update))]);

        // RFC 6793 §9: an AS number of four octets does not fit the old form.
        await ExpectAsync(
            reader, MrtType.Bgp4mpExtendedTime, 1, [.. Hex.Parse("5BA0 FDE8 0000 0001 C0000201 C0000202"), .. Hex.Message(4, "")]);
        // RFC 8050 §3
        await ExpectAsync(reader, MrtType.Bgp4mpExtendedTime, 9, [.. ends, .. Hex.Message(2, Convert.ToHexString(Update))]);
        Assert.That(await reader.ReadAsync(default), Is.False);
    }

    [Test]
    public async Task Logs_only_the_wanted_neighbours()
    {
        var config = new MrtLogConfig { Directory = _folder, Peers = ["p1", "rack"] };
        await using var log = new MrtLog(config, _time, NullLogger<MrtLog>.Instance);
        foreach (var name in new[] { "p1", "p2", "rack/10.0.0.1", "rack2" })
        {
            log.OnReceived(Ends with { Name = name }, MessageType.Keepalive, []);
        }

        await Until.TrueAsync("p1 and the neighbour out of the range", () => log.Status.Records == 2);
    }

    [Test]
    public async Task Files_end_by_length_and_age_and_the_oldest_go()
    {
        var config = new MrtLogConfig
        {
            Directory = _folder, MaxFileOctets = 100, MaxFileAge = TimeSpan.FromMinutes(1), MaxFiles = 3,
        };
        await using var log = new MrtLog(config, _time, NullLogger<MrtLog>.Instance);
        await LogAsync(log, 1);
        var first = Files.Single();
        await LogAsync(log, 2);
        Assert.That(Files, Has.Length.EqualTo(1), "not full yet");
        await LogAsync(log, 3);
        Assert.That(Files, Has.Length.EqualTo(2), "by length");
        _time.Advance(TimeSpan.FromMinutes(1));
        await LogAsync(log, 4);
        Assert.That(Files, Has.Length.EqualTo(3), "by age");
        Assert.That(log.Status.File, Is.EqualTo(Files[^1]), "names in order");
        _time.Advance(TimeSpan.FromMinutes(1));
        await LogAsync(log, 5);
        Assert.That(Files, Has.Length.EqualTo(3).And.No.Member(first));
    }

    [Test]
    public async Task A_disk_that_refuses_costs_records_and_no_memory()
    {
        await File.WriteAllTextAsync(_folder, "not a directory");
        await using var log = new MrtLog(
            new MrtLogConfig { Directory = _folder }, _time, NullLogger<MrtLog>.Instance);
        log.OnReceived(Ends, MessageType.Update, Update);
        await Until.TrueAsync("the error is shown", () => log.Status.Error is not null);
        File.Delete(_folder);
        log.OnReceived(Ends, MessageType.Update, Update);
        await Until.TrueAsync("it goes on", () => log.Status is { Error: null, File: not null });
    }

    [Test]
    public async Task A_full_buffer_drops_and_counts()
    {
        await using var log = new MrtLog(
            new MrtLogConfig { Directory = _folder }, _time, NullLogger<MrtLog>.Instance);
        var body = new byte[4000];

        // Faster than any disk: 400 MB through 8 MB of buffers, or all of it written.
        for (var i = 0; i < 2000; i++)
        {
            log.OnReceived(Ends, MessageType.Update, body);
        }

        await Until.TrueAsync("all is accounted for", () => log.Status.Records + log.Status.Dropped == 2000);
    }

    private static async Task LogAsync(MrtLog log, int number)
    {
        log.OnReceived(Ends, MessageType.Update, Update);
        await Until.TrueAsync($"record {number}", () => log.Status.Records == number);
    }

    private static async Task ExpectAsync(MrtReader reader, MrtType type, ushort subtype, byte[] body)
    {
        Assert.That(await reader.ReadAsync(default), Is.True);
        Assert.That((reader.Header.Type, reader.Header.Subtype), Is.EqualTo((type, subtype)));
        Assert.That(Convert.ToHexString(reader.Body.Span[4..]), Is.EqualTo(Convert.ToHexString(body)));
    }
}
