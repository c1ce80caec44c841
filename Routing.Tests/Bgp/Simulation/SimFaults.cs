namespace Routing.Tests.Bgp.Simulation;

/// <summary>What goes wrong, and what changes, while a network runs.</summary>
internal sealed class SimFaults(SimNetwork network)
{
    private const int PrefixesPerSpeaker = 3;

    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(150);

    private readonly SimScheduler _scheduler = network.Scheduler;

    /// <summary>Spreads a number of faults over a time; all but a sixth of the cut links are mended
    /// <see cref="LongestOutage"/> later at the latest.</summary>
    public void Plan(int faults, TimeSpan time)
    {
        for (var i = 0; i < faults; i++)
        {
            _scheduler.After(_scheduler.Between(TimeSpan.Zero, time), Strike);
        }
    }

    private void Strike()
    {
        switch (_scheduler.Random.Next(9))
        {
            case 0 or 1:
                Cut(OneOf(network.Links));
                break;
            case 2:
                Kill(OneOf(network.Speakers));
                break;
            case 3 or 4:
                OneOf(OneOf(network.Speakers).Sessions).BusyUntil =
                    _scheduler.Now + _scheduler.Between(TimeSpan.Zero, TimeSpan.FromSeconds(40));
                break;
            case 5:
                OneOf(OneOf(network.Speakers).Sessions).AskForRoutes(OneOf(SimSpeaker.Families));
                break;
            default:
                var speaker = OneOf(network.Speakers);
                if (speaker.IsRunning)
                {
                    var prefix = SimNetwork.PrefixOf(speaker, _scheduler.Random.Next(PrefixesPerSpeaker));
                    speaker.Originate(prefix, announce: !speaker.Originated.Contains(prefix));
                }

                break;
        }
    }

    private void Cut(SimLink link)
    {
        if (!link.IsUp)
        {
            return;
        }

        link.Cut();
        if (_scheduler.Random.Next(6) > 0)
        {
            _scheduler.After(Outage(), link.Mend);
        }
    }

    private void Kill(SimSpeaker speaker)
    {
        if (speaker.IsRunning)
        {
            speaker.Die();
            var restarting = _scheduler.Random.Next(2) == 0;
            _scheduler.After(Outage(), () => speaker.Start(restarting));
        }
    }

    /// <summary>Often short, as a restart is; sometimes longer than restart and hold times.</summary>
    private TimeSpan Outage() => LongestOutage * Math.Pow(_scheduler.Random.NextDouble(), 3);

    private T OneOf<T>(IReadOnlyList<T> all) => all[_scheduler.Random.Next(all.Count)];
}
