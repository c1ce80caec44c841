using Routing.Agent.Cli;
using Routing.Agent.Dataplane.Barrier;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Options;

namespace Routing.Agent.Dataplane;

/// <summary>Finds out which back end this host can have, and opens it.</summary>
internal sealed partial class BackendChoice(
    IProgramRunner runner, NftProbe nftables, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<BackendChoice>();

    /// <summary>Opens the wanted back end, ready to take over from the others.</summary>
    /// <exception cref="UserErrorException">The host has not what it needs; names what is missing.</exception>
    public IRulesetApplier Open(PolicyBackend wanted)
    {
        var refusal = wanted == PolicyBackend.Iptables ? null : nftables.Refusal();
        return wanted == PolicyBackend.Auto && refusal is null
            ? new BackendFallback(
                () => Open(PolicyBackend.Auto, null), reason => Open(PolicyBackend.Auto, reason), loggers.CreateLogger<BackendFallback>())
            : Open(wanted, refusal);
    }

    /// <param name="wanted">What was asked for.</param>
    /// <param name="refusal">What nf_tables has refused; null when it has all.</param>
    internal IRulesetApplier Open(PolicyBackend wanted, string? refusal)
    {
        TellBarrier();
        if (wanted != PolicyBackend.Iptables && refusal is null)
        {
            LogNftables();
            return new BackendSwitch(
                nftables.Open(), Remnants(IptablesVariants.Installed(runner), ownSets: true),
                loggers.CreateLogger<BackendSwitch>());
        }

        if (wanted == PolicyBackend.Nftables)
        {
            throw new UserErrorException($"--backend nftables: this kernel lacks something: {refusal}");
        }

        var variants = IptablesVariants.Find(runner);
        if (variants.Usable.Count == 0)
        {
            throw new UserErrorException(wanted == PolicyBackend.Auto
                ? $"no packet filter: nftables: {refusal}; iptables: {variants.Problem}"
                : $"--backend iptables: {variants.Problem}");
        }

        var chosen = variants.Usable[0];
        LogIptables(chosen.Version, wanted == PolicyBackend.Auto ? $"nftables lacks something: {refusal}" : "asked for");
        if (variants.Usable.Where(variant => variant.Rules > 0).ToList() is [var one, var other])
        {
            LogBothHoldRules(one.Version, other.Version, chosen.Version);
        }

        IEnumerable<IFormerBackend> former =
            [new NftablesRemnant(nftables), .. Remnants(variants.Usable.Skip(1).Select(variant => variant.Flavour), ownSets: false)];
        return new BackendSwitch(
            new IptablesApplier(new IptablesPrograms(runner, chosen.Flavour), time), former,
            loggers.CreateLogger<BackendSwitch>());
    }

    /// <summary>Tries how it can be waited for packets that are inside the rules, and tells where that is not as it should be.</summary>
    private void TellBarrier()
    {
        using var barrier = new PacketBarrier();
        barrier.Begin();
        barrier.Wait();
        switch (barrier.Kind)
        {
            case PacketBarrierKind.GracePeriod:
                LogGracePeriods();
                break;
            case PacketBarrierKind.None:
                LogNoBarrier();
                break;
        }
    }

    private IEnumerable<IFormerBackend> Remnants(IEnumerable<IptablesFlavour> flavours, bool ownSets) =>
        flavours.Select(flavour => new IptablesRemnant(new IptablesPrograms(runner, flavour), time, ownSets));

    [LoggerMessage(LogLevel.Information,
        "Packet filter: this cannot run on all processors, so that each step of a change waits for a grace period of RCU")]
    private partial void LogGracePeriods();

    [LoggerMessage(LogLevel.Warning,
        "Packet filter: this kernel has no way to wait for packets that are on their way: a few in millions, while rules change, "
        + "may be judged by a mixture of old and new ones")]
    private partial void LogNoBarrier();

    [LoggerMessage(LogLevel.Information, "Packet filter back end: nftables")]
    private partial void LogNftables();

    [LoggerMessage(LogLevel.Information, "Packet filter back end: {Version}: {Reason}")]
    private partial void LogIptables(string version, string reason);

    [LoggerMessage(LogLevel.Warning,
        "Both {One} and {Other} hold rules on this host, and packets have to pass both; ours are with {Chosen}")]
    private partial void LogBothHoldRules(string one, string other, string chosen);
}
