docker tag ubuntu training:mc
