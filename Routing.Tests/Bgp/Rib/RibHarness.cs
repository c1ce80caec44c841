using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Wire;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Rib;

/// <summary>A RIB without thread or sessions: the tests call it in its owner's place.</summary>
internal sealed class RibHarness
{
    public const uint OwnAsn = 65000;
    public const uint OwnId = 0x0A0000FE;

    private static readonly ImmutableArray<AfiSafi> BothFamilies = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    public RibHarness(bool restarting = false, MultipathRules? multipath = null, params ImmutableArray<IBestPathSink> sinks) =>
        Rib = new RibEngine(
            new RibConfig(Identity, restarting, multipath) { Time = Time }, sinks);

    /// <summary>We serve a second cluster, 99.</summary>
    public static SpeakerIdentity Identity { get; } = new(OwnAsn, OwnId, OwnId) { OtherClusterIds = [99] };

    /// <summary>Goes when a test moves it.</summary>
    public ManualTime Time { get; } = new();

    public RibEngine Rib { get; }

    public RibTables Tables => Rib.Tables;

    /// <summary>Told of the limits of all peers.</summary>
    public IPrefixLimitObserver? LimitObserver { get; init; }

    public Dictionary<int, RecordingOutput> Outputs { get; } = [];

    public static IPAddress OwnIPv4 { get; } = IPAddress.Parse("10.0.0.254");

    public static IPAddress OwnIPv6 { get; } = IPAddress.Parse("fd00::fe");

    /// <summary>Configures peer <paramref name="number"/>.</summary>
    public void Add(int number, bool external = true, bool client = false, RouteFilter? import = null, RouteFilter? export = null) =>
        Rib.AddPeer(Index(number), Config(number, external, client, import, export));

    public static RibPeerConfig Config(
        int number, bool external = true, bool client = false, RouteFilter? import = null, RouteFilter? export = null) => new()
        {
            Name = $"p{number}",
            ExportProfile = Profile(external ? PathSourceKind.External : PathSourceKind.Internal),
            RouteReflectorClient = client,
            Families = BothFamilies,
            Import = import ?? RouteFilter.AcceptAll,
            Export = export ?? RouteFilter.AcceptAll,
        };

    /// <summary>The profile of a neighbour with nothing configured.</summary>
    public static ExportProfile Profile(PathSourceKind kind) =>
        new() { Kind = kind, PrependedAsn = kind == PathSourceKind.External ? OwnAsn : 0 };

    /// <summary>The session of a configured peer comes up.</summary>
    public RecordingOutput Up(
        int number,
        ImmutableArray<AfiSafi>? preserved = null,
        bool restarting = false,
        bool fourOctetAsn = true,
        ImmutableArray<AfiSafi>? families = null,
        bool takesPaths = false,
        bool keepsLongLived = false,
        ImmutableArray<AfiSafi>? longLivedPreserved = null,
        bool extendedMessages = false,
        bool enhancedRefresh = false,
        ImmutableArray<AfiSafi>? receivesFilters = null,
        bool notificationRestart = false)
    {
        var output = new RecordingOutput(fourOctetAsn ? 4 : 2, takesPaths);
        Outputs[number] = output;
        Rib.Sessions.PeerUp(new PeerUp
        {
            Peer = Index(number),
            Output = output,
            LimitObserver = LimitObserver,
            PeerAsn = 64500u + (uint)number,
            PeerIdentifier = 0x0A000000 + (uint)number,
            PeerAddress = Address(number),
            LocalAddress = OwnIPv4,
            LocalAddressOfOtherFamily = OwnIPv6,
            Families = families ?? BothFamilies,
            ForwardingPreserved = preserved ?? [],
            LongLivedPreserved = longLivedPreserved ?? [],
            NotificationRestart = notificationRestart,
            KeepsLongLived = keepsLongLived,
            EnhancedRefresh = enhancedRefresh,
            ReceivesFilters = receivesFilters ?? [],
            FourOctetAsn = fourOctetAsn,
            ExtendedMessages = extendedMessages,
            SendsPathIds = takesPaths ? BothFamilies : [],
            SendsEndOfRib = true,
            Trace = new SessionTrace(
                new IPEndPoint(OwnIPv4, 179),
                40000 + number,
                Hex.Message(1, "04 FDE8 005A 0A0000FE 00"),
                Hex.Message(1, $"04 FDE8 005A 0A0000{number:X2} 00"),
                DateTimeOffset.UnixEpoch),
            Restarting = restarting,
        });
        return output;
    }

    /// <summary>Adds and brings up.</summary>
    public RecordingOutput Connect(int number, bool external = true, bool client = false, bool keepsLongLived = false)
    {
        Add(number, external, client);
        return Up(number, keepsLongLived: keepsLongLived);
    }

    /// <summary>Announces one path of a prefix under an identifier.</summary>
    public void AnnouncePath(int number, RouteModel model, Prefix prefix, uint pathId) => Send(
        number, UpdateEntryKind.Announce, prefix.Family, model.ToCanonical(prefix.Family), [prefix], pathId);

    public void WithdrawPath(int number, Prefix prefix, uint pathId) =>
        Send(number, UpdateEntryKind.Withdraw, prefix.Family, [], [prefix], pathId);

    public void Announce(int number, RouteModel model, params string[] prefixes)
    {
        foreach (var group in prefixes.Select(Parse).GroupBy(prefix => prefix.Family))
        {
            Send(number, UpdateEntryKind.Announce, group.Key, model.ToCanonical(group.Key), group);
        }
    }

    public void Withdraw(int number, params string[] prefixes)
    {
        foreach (var group in prefixes.Select(Parse).GroupBy(prefix => prefix.Family))
        {
            Send(number, UpdateEntryKind.Withdraw, group.Key, [], group);
        }
    }

    public void EndOfRib(int number, AfiSafi family = AfiSafi.IPv4Unicast) =>
        Send(number, UpdateEntryKind.EndOfRib, family, [], []);

    /// <summary>A mark of a refresh (RFC 7313).</summary>
    public void Mark(int number, UpdateEntryKind mark, AfiSafi family = AfiSafi.IPv4Unicast) =>
        Send(number, mark, family, [], []);

    public void Down(int number, bool retain = false) =>
        Rib.Sessions.PeerDown(Index(number), retain ? BothFamilies : []);

    /// <summary>Lets outputs that have room say so, and works until nothing is left.</summary>
    public void Settle()
    {
        foreach (var (number, output) in Outputs)
        {
            if (output is { OwesReady: true, IsFull: false })
            {
                output.OwesReady = false;
                Rib.Sessions.OutputReady(Index(number));
            }
        }

        while (Rib.Run())
        {
        }
    }

    /// <summary>One entry in a batch of its own.</summary>
    public void Send(
        int number,
        UpdateEntryKind kind,
        AfiSafi family,
        byte[] attributes,
        IEnumerable<Prefix> prefixes,
        uint? pathId = null)
    {
        var batch = UpdateBatchPool.Rent(Index(number));
        var list = prefixes.ToList();
        var octets = new byte[attributes.Length + (list.Count * (NlriCodec.PathIdLength + NlriCodec.MaxEncodedLength))];
        attributes.CopyTo(octets, 0);
        var writer = new WireWriter(octets.AsSpan(attributes.Length));
        foreach (var prefix in list)
        {
            if (pathId is { } id)
            {
                writer.WriteUInt32(id);
            }

            NlriCodec.Write(ref writer, prefix);
        }

        batch.Octets = octets;
        batch.OctetCount = attributes.Length + writer.Position;
        batch.Entries =
        [
            new UpdateEntry(
                kind,
                family,
                0,
                attributes.Length,
                OctetHash.Compute(attributes),
                attributes.Length,
                writer.Position,
                HasPathIds: pathId is not null),
        ];
        batch.EntryCount = 1;
        Rib.Updates.Take(batch);
    }

    public static PeerIndex Index(int number) => new((ushort)number);

    public static IPAddress Address(int number) => IPAddress.Parse($"10.0.0.{number}");

    public static UInt128 NextHopOf(int number, AfiSafi family = AfiSafi.IPv4Unicast) => family == AfiSafi.IPv4Unicast
        ? 0x0A000000u + (uint)number
        : Prefix.ToInteger(IPAddress.Parse($"fd00::{number:x}"));

    public static Prefix Parse(string text) =>
        Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
