using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Benchmarks.Cni;
using Routing.Benchmarks.Policy.Packets;
using Routing.Policy.Rules;

namespace Routing.Benchmarks.Policy;

/// <summary>`policy-apply`: a set of 100,000 elements loaded into the kernel, and 100 of them changed, by our netlink, by
/// `nft -f` of the same (as it makes a set, and with the size that ours has) and by our back end of ipset, in the same run and taking
/// turns.</summary>
internal static class PolicyApplyBenchmark
{
    private const int Size = 100_000, Changed = 100;
    private const string SetName = "bench";

    /// <param name="arguments">How many runs; five without.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = arguments is [var text, ..] && int.TryParse(text, out var number) ? number : 5;
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("policy-apply writes nf_tables rules; run it as root");
            return 2;
        }

        if (!OwnNamespaces.AreEntered)
        {
            return await OwnNamespaces.RunAsync(["policy-apply", .. arguments]);
        }

        Console.WriteLine("| what | routing ms | nft -f ms | ratio | nft -f with a size ms | ratio | routing with ipset ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Compare("address", [RuleField.SourceAddress], "ipv4_addr", runs);
        Compare(
            "address . protocol . port", [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort],
            "ipv4_addr . inet_proto . inet_service", runs);
        return 0;
    }

    private static void Compare(string what, ImmutableArray<RuleField> key, string type, int runs)
    {
        ElementSet elements = [.. Enumerable.Range(0, Size).Select(i => Element(i, key.Length))];
        var gone = elements.Take(Changed).ToList();
        var come = Enumerable.Range(Size, Changed).Select(i => Element(i, key.Length)).ToList();
        var (load, loadNft, loadSized, loadIpset) = (new Samples(), new Samples(), new Samples(), new Samples());
        var (change, changeNft, changeSized, changeIpset) = (new Samples(), new Samples(), new Samples(), new Samples());
        var loadText = $"table inet theirs {{ set {SetName} {{ type {type}; elements = {{ {Text(elements, key.Length)} }}; }}; }}\n";

        // A set grows unless it is told how many elements it may have; ours are told, and the kernel then takes another hash table.
        var sizedText = loadText.Replace("elements =", $"size {Size * 3 / 2}; elements =", StringComparison.Ordinal);
        var changeText = $"delete element inet theirs {SetName} {{ {Text(gone, key.Length)} }}\n"
            + $"add element inet theirs {SetName} {{ {Text(come, key.Length)} }}\n";
        var full = With(new MatchSet(SetName, IpFamily.V4, key, Ranges: false, elements, what));
        var edited = With(full.Sets[SetName] with
        {
            Elements = elements.Edit([.. gone], [.. come]),
            Edit = new SetEdit(elements, [.. come], [.. gone]),
        });
        for (var run = -1; run < runs; run++) // the first one warms up
        {
            TimeSpan ourLoad, ourChange;
            using (var applier = NftApplier.Open()) // gone before nft's turn: who listens to changes makes them dearer
            {
                applier.Apply(Ruleset.Empty);
                (ourLoad, ourChange) = (Time(() => applier.Apply(full)), Time(() => applier.Apply(edited)));
            }

            var (theirLoad, theirChange) = Nft(loadText, changeText);
            var (sizedLoad, sizedChange) = Nft(sizedText, changeText);
            using var ipset = IptablesApplier.Open(IptablesFlavour.Default, TimeProvider.System);
            ipset.Apply(Ruleset.Empty);
            var (ipsetLoad, ipsetChange) = (Time(() => ipset.Apply(full)), Time(() => ipset.Apply(edited)));
            ipset.Apply(Ruleset.Empty);
            if (run >= 0)
            {
                loadIpset.Add(ipsetLoad);
                changeIpset.Add(ipsetChange);
                load.Add(ourLoad);
                loadNft.Add(theirLoad);
                loadSized.Add(sizedLoad);
                change.Add(ourChange);
                changeNft.Add(theirChange);
                changeSized.Add(sizedChange);
            }
        }

        Print($"{Size} of {what}, loaded", load, loadNft, loadSized, loadIpset);
        Print($"{Changed} of them replaced", change, changeNft, changeSized, changeIpset);
    }

    private static (TimeSpan Load, TimeSpan Change) Nft(string load, string change)
    {
        var times = (Time(() => RulesetTool.Run(load, "nft", "-f", "-")), Time(() => RulesetTool.Run(change, "nft", "-f", "-")));
        RulesetTool.Run("flush ruleset\n", "nft", "-f", "-");
        return times;
    }

    private static Ruleset With(MatchSet set) => Ruleset.Empty with { Sets = Ruleset.Empty.Sets.Add(set.Name, set) };

    private static SetElement Element(int i, int fields)
    {
        var address = (UInt128)(0x0A000000u + (uint)(fields == 1 ? i : i / 4));
        return fields == 1 ? new SetElement(address, address)
            : new SetElement(address, address, 6, (ushort)(8000 + (i % 4)), (ushort)(8000 + (i % 4)));
    }

    private static string Text(IEnumerable<SetElement> elements, int fields) => string.Join(", ", elements.Select(element =>
    {
        var address = new IPAddress(
            [(byte)(element.AddressLow >> 24), (byte)(element.AddressLow >> 16), (byte)(element.AddressLow >> 8), (byte)element.AddressLow]);
        return fields == 1 ? address.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{address} . {element.Protocol} . {element.PortLow}");
    }));

    private static TimeSpan Time(Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(began);
    }

    private static void Print(string what, Samples ours, Samples theirs, Samples sized, Samples ipset) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {ours.Median:F1} | {theirs.Median:F1} | {ours.Median / theirs.Median:F2} | {sized.Median:F1} | {ours.Median / sized.Median:F2} | {ipset.Median:F1} |"));
}
