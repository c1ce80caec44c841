using System.IO.Compression;
using System.Text;
using Routing.Agent.BgpConfig;
using Routing.Agent.Domains;
using Routing.Agent.Flows;
using Routing.Agent.Manifests;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Bgp.Bfd;
using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Rpki.Rtr;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Updates;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render;
using Routing.Tests.Agent.Domains;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Fuzz;

/// <summary>Every place where octets enter.</summary>
internal static class FuzzTargets
{
    /// <summary>ORIGIN, AS_PATH and NEXT_HOP.</summary>
    private const string Mandatory = "40010100 4002060201 0000FDE9 4003040A000002 ";

    /// <summary>One of each attribute that has a rule of its own, and two that nobody knows.</summary>
    private static readonly string[] Attributes =
    [
        "40010102",
        "4002 16 0202 0000FDE9 FA56EA00 0102 00000001 00000002",
        "4002 0E 0301 0000FDE9 0201 0000FDEA",
        "4002 00",
        "4003 04 C0000201",
        "8004 04 00000064",
        "4005 04 000000C8",
        "4006 00",
        "C007 08 0000FDE9 0A000002",
        "C007 06 FDE9 0A000002",
        "C008 08 FDE80064 FFFFFF01",
        "8009 04 0A000001",
        "800A 08 0A000001 0A000002",
        "800E 15 000201 10 20010DB8000000000000000000000002 00",
        "800E 1D 000101 10 20010DB8000000000000000000000002 00 18 0A0101 18 0A0102",
        "800E 35 000201 20 20010DB8000000000000000000000002 FE800000000000000000000000000002 00 30 20010DB80001 40 20010DB800010002",
        "800F 0A 000201 30 20010DB80001",
        "C010 10 0002FDE800000064 4004FDE84A000000",
        "C011 06 0201 000186A0",
        "C012 08 000186A0 0A000002",
        "C014 08 0002FDE800000064",
        "801A 0B 01 000B 0000000000000064",
        "C020 0C 0000FDE8 00000001 00000002",
        "C023 04 0000FDE9",
        "C080 04 0000FDE9",
        "D0FE 0001 00",
        "80FF 03 010203",
    ];

    private static readonly byte[] Open = Hex.Parse("""
        04 5BA0 005A 0A000002 50 02 4E
        01 04 00010001 01 04 00020001 02 00 46 00 06 00
        05 06 0001 0001 0002 41 04 FFFE1234
        40 0A 8078 0001 01 80 0002 01 00 47 07 0001 01 80 000E10
        45 08 0001 01 03 0002 01 02 09 01 03 49 04 02 6878 00
        """);

    private static readonly UpdateContext[] Contexts =
    [
        UpdateJudge.External, UpdateJudge.Internal, UpdateJudge.TwoOctet, UpdateJudge.WithPathIds, UpdateJudge.Member,
        UpdateJudge.Strict,
    ];

    private static readonly RibFeeder Rib = new();
    private static readonly RibFeeder MonitoredRib = new(isMonitored: true);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("framer", RunFramer, [.. Messages(), [.. Messages().SelectMany(message => message)]]),
        new("open", RunOpen, [Open, Hex.Parse("04 FDE9 00B4 0A000002 00"), .. Seeds("04 FDE9 0000 0A000002 06 02 04 40 02 0000", "04 FDE9 005A 0A000002 FF FF 0009 02 0006 41 04 0000FDE9")]),
        new("capabilities", RunCapabilities, [Open[12..]]),
        new("update", RunUpdate, [.. Updates()]),
        new("attribute", RunAttribute, [.. Attributes.Select(Hex.Parse)]),
        new("rib", Rib.Run, [.. Updates()]) { FixedAllocation = 4 * 1024 * 1024 },
        new("bmp", MonitoredRib.Run, [.. Updates()]) { FixedAllocation = 8 * 1024 * 1024 },
        new("notification", RunNotification, Seeds("06 02 05 68656C6C6F", "02 06 0001", "03 05 40010103", "06 04 FF C3")),
        new("route-refresh", RunRouteRefresh, Seeds(
            "0001 00 01",
            "0002 01 01",
            "0001 02 80",
            "0001 00 01 01 40 0016 00 0000000A 10 18 08 0A 20 00000014 00 00 10 0A01 80",
            "0002 00 01 02 40 000D 40 0000000A 00 00 30 20010DB80001")),
        new("bfd", RunBfd, Seeds("20E003180000002A00000007000493E0000493E000000000", "20 C4 03 21 0000002A 00000007 000493E0 000493E0 00000000 01 09 01 736563726574", "20 C4 03 34 0000002A 00000007 000493E0 000493E0 00000000 04 1C 01 00 00000001 000102030405060708090A0B0C0D0E0F10111213")),
        new("mrt", RunMrt, [.. MrtFiles()]) { FixedAllocation = 1024 * 1024 },
        new("rtr", RunRtr, Seeds(
            "01 04 0000 00000014  01 10 18 00  0A010000 0000FDE9 01 06 0000 00000020  01 20 30 00  20010DB8000000000000000000000000 0000FDE9",
            "01 07 1234 00000018  0000002A 00000E10 00000258 00001C20",
            "02 0B 0100 00000014  0000FDE9 0000FDEB 0000FDEA",
            "01 0A 0002 0000001F 00000008 0102000000000008 00000007 6C617465722109",
            "01 03 1234 00000008 01 00 1234 0000000C 0000002B 01 08 0000 00000008")),
        new("nflog", RunPacketLog, Seeds(
            "54000000 0004 0000 00000000 00000000 02 00 0072 1000 0A00 64656E7920746F2D706F6400 0800 0400 00000005 0800 0C00 0000002A 2000 0900 4500001C12344000401100000A0100070A0200091F90003500080000",
            "58000000 0004 0000 00000000 00000000 0A 00 0072 4400 0900 6000000000182C40FD000010000000000000000000000007FD000020000000000000000000000009 3C00000000000000 0600000000000000 1F90003500000000")),
        new("dns", RunDns, [
            DnsMessages.Answer("www.example.com", 300, "192.0.2.1", "2001:db8::1"),
            DnsMessages.Answer(
                DnsMessages.Query("www.example.com"), DnsMessages.Alias("www.example.com", "a.example.net", 20),
                DnsMessages.Alias("a.example.net", "b.example.org", 30),
                DnsMessages.Record(DnsMessages.Name("b.example.org"), Address.Parse("192.0.2.1"), 60)),
            DnsMessages.Query("a.b.example.org", 28),
        ]) { AllocationPerOctet = 4 * 1024 },
        new("nfqueue", RunPacketQueue, Seeds(
            "40000000 0003 0000 00000000 00000000 02 00 0073 0B00 0100 00000007 0800 01 00 2200 0A00 4500001E12344000401100000A0300020A0100020035C000000A00001234 0000",
            "4C000000000300000000000000000000020000730B00010000000001080001002C000A004500002800014000400600000A0300020A0100020035C000000003E800000001501210000000000060000000000300000000000000000000020000730B000100000000020800010040000A004500003C00014000400600000A0300020A0100020035C000000003E9000000015018100000000000003112348180000100010000000003777777076558000000000300000000000000000000020000730B000100000000030800010037000A004500003300014000400600000A0300020A0100020035C00000000411000000015018100000000000010000012C0004C00002010060000000000300000000000000000000020000730B000100000000040800010040000A004500003C00014000400600000A0300020A0100020035C000000003FD00000001501810000000000078616D706C6503636F6D0000010001C00C0001004C000000000300000000000000000000020000730B00010000000005080001002C000A004500002800014000400600000A0300020A0100020035C0000000041C000000015011100000000000")),
        new("as-path-pattern", RunAsPathPattern, Texts("^65000_", "_(65001|65002)+_[64512-65534]$", "^$", ".* 7{2,5} (1 2)*?", "{1 2}"))
        {
            Mutations = 3000, AllocationPerOctet = 64 * 1024, FixedAllocation = 16 * 1024 * 1024,
        },
        new("community", RunCommunity, Texts("65000:100", "65000:1:2", "rt:65000:*", "65000:[1-9]", "no-export", "*:*:*", "ro:192.0.2.1:7")),
        new("configuration", RunConfiguration, [.. Configurations()])
        {
            Mutations = 1000, FixedAllocation = 4 * 1024 * 1024, AllocationPerOctet = 64 * 1024,
        },
        new("manifests", RunManifests, Texts(ManifestSeeds.All))
        {
            // A selector of many terms over a few pods is most of it: rules are compiled for every address and port they know.
            Mutations = 1000, FixedAllocation = 32 * 1024 * 1024, AllocationPerOctet = 64 * 1024,
        },
    ];

    private static void RunFramer(ReadOnlySpan<byte> input)
    {
        // The first octet says where the stream is split.
        var split = input.IsEmpty ? 0 : input[0] % input.Length;
        using var framer = new MessageFramer { TakesExtended = !input.IsEmpty && (input[0] & 1) != 0 };
        if (Feed(framer, input[..split]))
        {
            Feed(framer, input[split..]);
        }
    }

    private static bool Feed(MessageFramer framer, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var room = framer.GetMemory().Span;
            var taken = Math.Min(room.Length, octets.Length);
            octets[..taken].CopyTo(room);
            framer.Advance(taken);
            octets = octets[taken..];
            FrameStatus status;
            while ((status = framer.Read(out var type, out var body, out _)) == FrameStatus.Message)
            {
                TakeMessage(type, body);
            }

            if (status == FrameStatus.Error)
            {
                return false;
            }
        }

        return true;
    }

    private static void TakeMessage(MessageType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case MessageType.Open:
                RunOpen(body);
                break;
            case MessageType.Update:
                RunUpdate(body);
                break;
            case MessageType.Notification:
                _ = NotificationMessage.Decode(body).ToString();
                break;
            case MessageType.RouteRefresh:
                if (RouteRefreshMessage.TryDecode(body, out var request, out _))
                {
                    var filters = new ReceivedFilters();
                    filters.Take(request);
                    filters.Take(request);
                }

                break;
        }
    }

    private static void RunOpen(ReadOnlySpan<byte> input)
    {
        if (OpenMessage.TryDecode(input, out var open, out _))
        {
            foreach (var capability in open.Capabilities)
            {
                _ = capability.ToString();
            }
        }
    }

    private static void RunCapabilities(ReadOnlySpan<byte> input)
    {
        if (input.Length <= byte.MaxValue - 2)
        {
            RunOpen([4, 0xFD, 0xE9, 0, 90, 10, 0, 0, 2, (byte)(input.Length + 2), 2, (byte)input.Length, .. input]);
        }
    }

    private static void RunUpdate(ReadOnlySpan<byte> input)
    {
        foreach (var context in input.Length <= MessageHeader.MaxExtendedLength ? Contexts : [])
        {
            var intake = new UpdateIntake(new PeerIndex(1), context);
            intake.Add(input, out _);
            if (intake.HasEntries)
            {
                UpdateBatchPool.Return(intake.TakeBatch());
            }
        }
    }

    private static void RunAttribute(ReadOnlySpan<byte> input)
    {
        var mandatory = Hex.Parse(Mandatory);
        var length = mandatory.Length + input.Length;
        if (length <= 4000)
        {
            RunUpdate([0, 0, (byte)(length >> 8), (byte)length, .. mandatory, .. input, 16, 10, 1]);
            RunUpdate([0, 0, (byte)(input.Length >> 8), (byte)input.Length, .. input, 16, 10, 1]);
        }
    }

    private static void RunNotification(ReadOnlySpan<byte> input)
    {
        if (input.Length >= 2)
        {
            _ = NotificationMessage.Decode(input).ToString();
        }
    }

    private static void RunRouteRefresh(ReadOnlySpan<byte> input) =>
        Feed(new MessageFramer(), MessageHeader.Compose(MessageType.RouteRefresh, input[..Math.Min(input.Length, 4000)]));

    private static void RunBfd(ReadOnlySpan<byte> input)
    {
        if (!BfdPacket.TryDecode(input, out var packet, out _))
        {
            return;
        }

        foreach (var type in Enum.GetValues<BfdAuthenticationType>())
        {
            var key = BfdKey.Create(1, "secret", type)!;
            new BfdAuthenticator(new BfdAuthenticationOptions(type, [key]), 1).Verify(input, packet, 1, 1);
        }
    }

    private static void RunMrt(ReadOnlySpan<byte> input)
    {
        var updates = new MrtUpdates(null);
        var intake = new UpdateIntake(new PeerIndex(1), UpdateJudge.Internal);
        var reader = MrtReader.Open(new MemoryStream(input.ToArray()));
        try
        {
            while (reader.ReadAsync(default).AsTask().GetAwaiter().GetResult())
            {
                if (updates.TryConvert(reader.Header, reader.Body.Span, out var update, out _))
                {
                    intake.Add(update, out _);
                    if (intake.HasEntries)
                    {
                        UpdateBatchPool.Return(intake.TakeBatch());
                    }
                }
            }
        }
        catch (InvalidDataException)
        {
            // What a file is refused with that is none.
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void RunPacketLog(ReadOnlySpan<byte> input)
    {
        var reader = new NetlinkReader(input);
        while (reader.TryRead(out var message))
        {
            if (PacketLogCodec.TryDecode(in message, out var packet))
            {
                FlowKey.TryOf(in packet, out _);
            }
        }

        PacketHeader.TryRead(input, out _);
    }

    private static void RunPacketQueue(ReadOnlySpan<byte> input)
    {
        var streams = new AnswerStreams();
        var reader = new NetlinkReader(input);
        while (reader.TryRead(out var message))
        {
            if (PacketQueueCodec.TryDecode(in message, out var packet))
            {
                RunAnswer(packet.Octets, streams);
            }
        }

        RunAnswer(input, streams);
        if (streams.Octets > AnswerStreams.MostOctets)
        {
            throw new System.Diagnostics.UnreachableException("more than there is room for");
        }
    }

    private static void RunAnswer(ReadOnlySpan<byte> packet, AnswerStreams streams)
    {
        if (PacketHeader.TryReadUdp(packet, out _, out var payload))
        {
            RunDns(payload);
        }
        else if (PacketHeader.TryReadTcp(packet, out var segment))
        {
            streams.Take(segment, TimeSpan.Zero).ForEach(message => RunDns(message));
        }
    }

    private static void RunDns(ReadOnlySpan<byte> input)
    {
        var isAnswer = DnsAnswer.TryReadName(input, out var name);
        if (DnsAnswer.TryRead(input, out _) && !isAnswer)
        {
            throw new System.Diagnostics.UnreachableException("an answer to nothing");
        }

        if (isAnswer)
        {
            _ = DomainPattern.Matching(name).Count();
        }
    }

    private static void RunRtr(ReadOnlySpan<byte> input)
    {
        while (RtrPdu.TryDecode(input, out var pdu, out _))
        {
            switch (pdu.Type)
            {
                case RtrPduType.IPv4Prefix or RtrPduType.IPv6Prefix:
                    pdu.TryReadVrp(out _, out _);
                    break;
                case RtrPduType.Aspa:
                    pdu.TryReadAspa(out _, out _);
                    break;
                case RtrPduType.EndOfData:
                    pdu.ReadSerial();
                    pdu.ReadIntervals();
                    break;
                case RtrPduType.ErrorReport:
                    pdu.ReadErrorText();
                    break;
            }

            input = input[pdu.Octets.Length..];
        }
    }

    private static void RunAsPathPattern(ReadOnlySpan<byte> input)
    {
        if (AsPathPattern.TryParse(Encoding.UTF8.GetString(input), out var pattern, out _))
        {
            pattern.Automaton.Matches(Hex.Parse("0203 0000FDE8 0000FDE9 0000FDEA 0102 00000001 00000002"));
        }
    }

    private static void RunCommunity(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        _ = CommunityPattern.TryParse(text, out _, out _);
        _ = CommunityValue.TryParse(text, out _);
    }

    private static void RunConfiguration(ReadOnlySpan<byte> input)
    {
        var path = Path.Combine(Path.GetTempPath(), $"routing-fuzz-{Environment.ProcessId}.yaml");
        File.WriteAllBytes(path, input);
        _ = SpeakerFile.Read(path);
        File.Delete(path);
    }

    /// <summary>What `routing policy` reads from files, as far as rules and a verdict.</summary>
    private static void RunManifests(ReadOnlySpan<byte> input)
    {
        using var text = new StringReader(Encoding.UTF8.GetString(input));
        var (manifests, errors) = ManifestReader.ReadTexts([("input", text)]);
        var read = ClusterManifests.Of(manifests, errors);
        var node = new NodePolicy("n1");
        node.Replace(read.Cluster);
        foreach (var pod in read.Cluster.Pods.Values)
        {
            node.SetEndpoint(new LocalEndpoint($"rt-{pod.Name}", pod.Name, "", pod.Addresses));
        }

        NftablesRenderer.Render(node.Compile());
        var evaluator = new PolicyEvaluator(read.Cluster);
        foreach (var pod in read.Cluster.Pods.Keys)
        {
            evaluator.Evaluate(new Flow(new FlowEnd.Pod(pod), new FlowEnd.Pod(pod), TransportProtocol.Tcp, 80));
        }
    }

    private static byte[][] Seeds(params string[] hex) => [.. hex.Select(Hex.Parse)];

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static IEnumerable<byte[]> Updates()
    {
        yield return UpdateJudge.Body("", "", "");
        yield return UpdateJudge.Body("10 0A01 18 0A0102", "", "");
        yield return UpdateJudge.Body("18 0A0203", Mandatory, "10 0A01 18 0A0102 20 0A010203 00");
        yield return UpdateJudge.Body("", Mandatory + "400504 00000064", "00000007 10 0A01 00000008 10 0A01");
        yield return UpdateJudge.Body("", "800F 03 000201", "");
        yield return UpdateJudge.Body("", string.Concat(Attributes), "10 0A01");
        foreach (var attribute in Attributes)
        {
            yield return UpdateJudge.Body("", Mandatory + attribute, "10 0A01");
        }
    }

    private static IEnumerable<byte[]> Messages()
    {
        yield return MessageHeader.Compose(MessageType.Open, Open);
        yield return MessageHeader.Compose(MessageType.Keepalive, []);
        yield return MessageHeader.Compose(MessageType.Notification, Hex.Parse("06 02 05 68656C6C6F"));
        yield return MessageHeader.Compose(MessageType.RouteRefresh, Hex.Parse("0001 00 01"));
        yield return MessageHeader.Compose(MessageType.Update, UpdateJudge.Body("18 0A0203", Mandatory, "10 0A01"));
    }

    private static IEnumerable<byte[]> MrtFiles()
    {
        byte[] peers = MrtRecord(13, 1, Hex.Parse("0A0000FE 0001 76 0002 02 0A000001 C0000201 0000FDE9 03 0A000002 FD000000000000000000000000000001 FA56EA01"));
        byte[] ipv4 = MrtRecord(13, 2, Hex.Parse("00000000 10 0A01 0001 0000 65000000 0014 40010100 400206 0201 0000FDE9 400304C0000201"));
        byte[] ipv6 = MrtRecord(13, 4, Hex.Parse("00000001 20 20010DB8 0001 0001 65000000 0021 40010100 400206 0201 0000FDE9 800E11 10 FD000000000000000000000000000001"));
        byte[] paths = MrtRecord(13, 8, Hex.Parse("00000002 10 0A01 0001 0000 65000000 00000007 0014 40010100 400206 0201 0000FDE9 400304C0000201"));
        byte[] message = MrtRecord(17, 4, [.. Hex.Parse("0001E240 0000FDE9 0000FDE8 0000 0001 C0000201 C0000202"), .. MessageHeader.Compose(MessageType.Update, UpdateJudge.Body("", Mandatory, "10 0A01"))]);
        byte[] state = MrtRecord(16, 5, Hex.Parse("0000FDE9 0000FDE8 0000 0001 C0000201 C0000202 0005 0006"));
        yield return [.. peers, .. ipv4, .. ipv6, .. paths];
        yield return [.. message, .. state];
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(peers);
            gzip.Write(ipv4);
        }

        yield return compressed.ToArray();
    }

    private static byte[] MrtRecord(byte type, byte subtype, byte[] body) =>
        [.. Hex.Parse($"65000000 00{type:X2} 00{subtype:X2} {body.Length:X8}"), .. body];

    private static IEnumerable<byte[]> Configurations()
    {
        yield return Encoding.UTF8.GetBytes("""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: 65000
              routerID: 127.0.0.1
              listenAddresses: [127.0.0.1]
              originate: [{prefix: 10.1.0.0/26}]
              bmp: {stations: [{name: s, address: 192.0.2.9, views: [locRib]}]}
              mrt: {logs: [{directory: /d, maxFileAge: 5m}]}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: tor-1}
            spec: {peerIP: 127.0.0.2, asNumber: 65001, families: [ipv4], holdTime: 1m30s, filters: [f], addPath: {send: all}}

            """);
        yield return Encoding.UTF8.GetBytes("""
            apiVersion: routing.dev/v1alpha1
            kind: BGPFilter
            metadata: {name: f}
            spec:
              importV4: [{action: Accept, matchOperator: In, cidr: 10.0.0.0/8, prefixLength: {min: 16, max: 28}}, {action: Reject}]

            """);
    }
}
